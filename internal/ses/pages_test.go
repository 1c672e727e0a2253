package ses

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// respond is a service that answers each action from a function. The function
// receives the fields of the request and the number of calls of that action, from
// 1.
func respond(t *testing.T, answers func(action string, n int, in map[string]any) string) *Client {
	t.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	return newClient(t, Options{Endpoint: "http://localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		action := r.Header.Get("X-TC-Action")
		mu.Lock()
		defer mu.Unlock()
		counts[action]++
		body := `{"Response":` + answers(action, counts[action], in) + `}`
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})})
}

// listing is a page of callbacks of the senders with the numbers from to, but not
// including to.
func listing(total, from, to int) string {
	items := []string{}
	for i := from; i < to; i++ {
		items = append(items, fmt.Sprintf(`{"Address":"s%d@mail.example.com","TrackUrl":"https://hooks.example.com:8080/%d"}`, i, i))
	}
	return fmt.Sprintf(`{"Total":%d,"AddressTrackUrlList":[%s],"RequestId":"request-1"}`, total, strings.Join(items, ","))
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pages func(n, offset int) string
		calls int
		want  int    // callbacks
		texts string // or an error
	}{
		"none":        {func(int, int) string { return listing(0, 0, 0) }, 1, 0, ""},
		"null":        {func(int, int) string { return `{"Total":0,"AddressTrackUrlList":null}` }, 1, 0, ""},
		"one page":    {func(int, int) string { return listing(100, 0, 100) }, 1, 100, ""},
		"two pages":   {func(_, offset int) string { return listing(101, offset, min(101, offset+100)) }, 2, 101, ""},
		"short pages": {func(_, offset int) string { return listing(25, offset, offset+5) }, 5, 25, ""},
		"without a URL": {func(int, int) string {
			return `{"Total":2,"AddressTrackUrlList":[{"Address":"a@b.example","TrackUrl":null},{"Address":"c@b.example","TrackUrl":""}]}`
		}, 1, 0, ""},
		"changed once": {func(n, offset int) string {
			if n == 1 {
				return listing(150, 0, 100)
			}
			return listing(149, offset, min(149, offset+100))
		}, 4, 149, ""},

		"total changes every time": {func(n, offset int) string { return listing(300+n, offset, offset+100) }, -1, 0, "changed between pages"},
		"total shrinks below":      {func(_, offset int) string { return listing(300-250*min(1, offset), offset, offset+100) }, -1, 0, "changed between pages"},
		"more than the total":      {func(int, int) string { return listing(3, 0, 5) }, 1, 0, "gives a total of 3 callbacks, but listed 5"},
		"total of zero":            {func(int, int) string { return listing(0, 0, 1) }, 1, 0, "gives a total of 0 callbacks, but listed 1"},
		"ends early":               {func(_, offset int) string { return listing(200, offset, max(offset, 100)) }, 2, 0, "ends after 100"},
		"empty":                    {func(int, int) string { return listing(5, 0, 0) }, 1, 0, "ends after 0"},
		"repeats":                  {func(int, int) string { return listing(200, 0, 100) }, 2, 0, "lists s0@mail.example.com twice"},
		"duplicate": {func(int, int) string {
			return `{"Total":2,"AddressTrackUrlList":[{"Address":"A@b.example","TrackUrl":"x"},{"Address":"a@B.example","TrackUrl":"y"}]}`
		}, 1, 0, "lists a@b.example twice"},
		"endless": {func(_, offset int) string { return listing(2_000_000, offset, offset+100) }, 1, 0, "more than 1000000 are not read"},
		"not an address": {func(int, int) string {
			return `{"Total":1,"AddressTrackUrlList":[{"Address":"nobody","TrackUrl":"x"}]}`
		}, 1, 0, `"nobody" is not an email address`},
		"address null": {func(int, int) string { return `{"Total":1,"AddressTrackUrlList":[{"Address":null,"TrackUrl":"x"}]}` }, 1, 0, `"" is not an email address`},
		"no total":     {func(int, int) string { return `{"AddressTrackUrlList":[]}` }, 1, 0, "has no field Total"},
		"no list":      {func(int, int) string { return `{"Total":0}` }, 1, 0, "has no field AddressTrackUrlList"},
		"no address":   {func(int, int) string { return `{"Total":1,"AddressTrackUrlList":[{"TrackUrl":"x"}]}` }, 1, 0, "has no field Address"},
		"no URL":       {func(int, int) string { return `{"Total":1,"AddressTrackUrlList":[{"Address":"a@b.example"}]}` }, 1, 0, "has no field TrackUrl"},
		"list of text": {func(int, int) string { return `{"Total":1,"AddressTrackUrlList":["a@b.example"]}` }, 1, 0, "not a list of objects"},
		"URL a number": {func(int, int) string {
			return `{"Total":1,"AddressTrackUrlList":[{"Address":"a@b.example","TrackUrl":1}]}`
		}, 1, 0, "not a string"},
		"total of text":  {func(int, int) string { return `{"Total":"1","AddressTrackUrlList":[]}` }, 1, 0, "not a number of entries"},
		"total negative": {func(int, int) string { return `{"Total":-1,"AddressTrackUrlList":[]}` }, 1, 0, "not a number of entries"},
		"total broken":   {func(int, int) string { return `{"Total":1.5,"AddressTrackUrlList":[]}` }, 1, 0, "not a number of entries"},
		"total precise": {func(int, int) string { return `{"Total":9007199254740993,"AddressTrackUrlList":[]}` }, 1, 0,
			"9007199254740993"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			c := respond(t, func(_ string, n int, in map[string]any) string {
				calls = n
				if limit, ok := in["Limit"].(float64); !ok || limit != sesapi.MaxPage {
					t.Errorf("the limit is %v", in["Limit"])
				}
				offset, _ := in["Offset"].(float64)
				return test.pages(n, int(offset))
			})
			snapshot, err := c.Load(t.Context(), callback.PartSenderCallbacks)
			if test.calls >= 0 && calls != test.calls {
				t.Errorf("there were %d calls, not %d", calls, test.calls)
			}
			if test.texts != "" {
				checkError(t, err, failure.Failure, test.texts, "cannot list the callbacks of senders", "ListAddressTrackUrl", "inferred")
				return
			}
			if err != nil || snapshot.Callbacks.Len() != test.want {
				t.Errorf("there are %d callbacks, not %d; %v", snapshot.Callbacks.Len(), test.want, err)
			}
		})
	}
}

// TestAccountAnswers reads the possible answers about the account's callback.
func TestAccountAnswers(t *testing.T) {
	t.Parallel()
	nested, err := sesapi.Default().With(map[sesapi.Operation]sesapi.Override{
		sesapi.GetAccountCallback: {Response: map[string]string{sesapi.KeyURL: "Data.Url"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for answer, test := range map[string]struct {
		table sesapi.Table
		want  string
		texts string
	}{
		`{"Url":"u"}`:                {sesapi.Default(), "u", ""},
		`{"Url":""}`:                 {sesapi.Default(), "", ""},
		`{"Url":null}`:               {sesapi.Default(), "", ""},
		`{"url":"u"}`:                {sesapi.Default(), "", "the answer to GetWebhookUrl (inferred) has no field Url"},
		`{"Url":{}}`:                 {sesapi.Default(), "", "has a field Url that is not a string"},
		`{"Data":{"Url":"u"}}`:       {nested, "u", ""},
		`{"Data":null}`:              {nested, "", ""},
		`{"Data":{"Url":null}}`:      {nested, "", ""},
		`{"Uri":"u"}`:                {nested, "", "the answer to GetWebhookUrl (replaced by the profile) has no field Data.Url"},
		`{"Data":"` + leak + `"}`:    {nested, "", "has a field Data that is not an object"},
		`{"Data":{"RequestId":"x"}}`: {nested, "", "has no field Data.Url"},
	} {
		c := respond(t, func(string, int, map[string]any) string { return answer })
		c.table = test.table
		snapshot, err := c.Load(t.Context(), callback.PartAccount)
		if test.texts != "" {
			checkError(t, err, failure.Failure, test.texts, "get-account-callback", "sesctl api learn", "sesctl api probe", "--blind")
			continue
		}
		if got := snapshot.Callbacks.URL(callback.Account()); err != nil || got.Whole() != test.want {
			t.Errorf("%s gave %q, %v", answer, got, err)
		}
	}
}

// TestSenderAnswers reads lists of senders, with the typed call and with a row
// that replaces it.
func TestSenderAnswers(t *testing.T) {
	t.Parallel()
	replaced, err := sesapi.Default().With(map[sesapi.Operation]sesapi.Override{sesapi.ListSenders: {}})
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]sesapi.Table{"typed": sesapi.Default(), "generic": replaced} {
		for answer, test := range map[string]struct {
			want  string
			texts string
		}{
			`{"EmailSenders":[],"RequestId":"request-1"}`: {"[]", ""},
			`{"EmailSenders":null}`:                       {"[]", ""},
			`{"EmailSenders":[{"EmailAddress":"b@x.example","EmailSenderName":"Bee","CreatedTimestamp":18446744073709551615},{"EmailAddress":"A@x.example"}]}`: {
				"[{a@x.example } {b@x.example Bee}]", ""},
			`{"EmailSenders":[{"EmailAddress":"a@x.example"},{"EmailAddress":"A@X.example"}]}`: {"[{a@x.example }]", ""},
			`{"EmailSenders":[{"EmailAddress":"nobody"}]}`:                                     {"", `"nobody" is not an email address`},
			`{"EmailSenders":[{"EmailSenderName":"Bee"}]}`:                                     {"", "EmailAddress"},
			`{"EmailSenders":[null]}`:                                                          {"", "EmailAddress"},
		} {
			c := respond(t, func(string, int, map[string]any) string { return answer })
			c.table = table
			snapshot, err := c.Load(t.Context(), callback.PartSenders)
			if test.texts != "" {
				checkError(t, err, failure.Failure, test.texts, "cannot list the sender addresses", "ListEmailAddress")
				continue
			}
			if got := fmt.Sprint(snapshot.Senders); err != nil || got != test.want {
				t.Errorf("%s: %s gave %s, %v", name, answer, got, err)
			}
		}
	}
}

// TestLoadSideBySide reads the three parts at the same time: each waits for the
// others.
func TestLoadSideBySide(t *testing.T) {
	t.Parallel()
	arrived, all := make(chan string, 3), make(chan struct{})
	go func() {
		for range 3 {
			<-arrived
		}
		close(all)
	}()
	m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		arrived <- action
		<-all
		next.ServeHTTP(w, r)
	})
	if _, err := newClient(t, Options{Endpoint: m.URL}).Load(t.Context(), callback.PartAll); err != nil {
		t.Error(err)
	}
}

// TestLoadFirstError checks that the error gives the reason of the first failure,
// not of the calls that were ended because of it.
func TestLoadFirstError(t *testing.T) {
	t.Parallel()
	m := meddle(t, func(action string, _ int, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if action == "ListAddressTrackUrl" {
			answerWith(200, nil, apiError("InvalidAction", "no"))(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	_, err := newClient(t, Options{Endpoint: m.URL}).Load(t.Context(), callback.PartAll)
	checkError(t, err, failure.Failure, "the endpoint does not know the action: ListAddressTrackUrl (inferred)", "InvalidAction", "list-sender-callbacks")
}
