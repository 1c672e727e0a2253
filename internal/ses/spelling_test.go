package ses

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// sensitive is a service with case-sensitive addresses.
type sensitive struct {
	senders []string

	mu   sync.Mutex
	urls map[string]string
}

func (s *sensitive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in struct{ Address, TrackUrl string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	type object map[string]any
	out := object{"RequestId": "request-1"}
	refuse := func(code string) { out["Error"] = object{"Code": code, "Message": "no " + in.Address} }
	items := []object{}
	switch _, there := s.urls[in.Address]; r.Header.Get("X-TC-Action") {
	case "ListEmailAddress":
		for _, address := range s.senders {
			items = append(items, object{"EmailAddress": address})
		}
		out["EmailSenders"] = items
	case "ListAddressTrackUrl":
		for _, address := range slices.Sorted(maps.Keys(s.urls)) {
			items = append(items, object{"Address": address, "TrackUrl": s.urls[address]})
		}
		out["AddressTrackUrlList"], out["Total"] = items, len(items)
	case "CreateAddressTrackUrl":
		switch {
		case !slices.Contains(s.senders, in.Address):
			refuse(sesapi.CodeResourceNotFound)
		case there:
			refuse(sesapi.CodeRepeatCreation)
		default:
			s.urls[in.Address] = in.TrackUrl
		}
	case "UpdateAddressTrackUrl":
		if !there {
			refuse(sesapi.CodeResourceNotFound)
			break
		}
		s.urls[in.Address] = in.TrackUrl
	case "DeleteAddressTrackUrl":
		if !there {
			refuse(sesapi.CodeResourceNotFound)
			break
		}
		delete(s.urls, in.Address)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object{"Response": out})
}

func serveSensitive(t *testing.T, senders ...string) (*sensitive, *Client) {
	t.Helper()
	s := &sensitive{senders: senders, urls: map[string]string{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, newClient(t, Options{Endpoint: server.URL})
}

// holds checks what the service holds.
func (s *sensitive) holds(t *testing.T, want map[string]string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !maps.Equal(s.urls, want) {
		t.Errorf("the service holds %v, not %v", s.urls, want)
	}
}

// TestSpellings creates, changes and deletes callbacks of senders whose addresses
// the service spells in its own way.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		senders []string
		sent    string
	}{
		"another case":           {[]string{"News@mail.Example.com"}, "News@mail.Example.com"},
		"as it is compared":      {[]string{"news@mail.example.com"}, "news@mail.example.com"},
		"an international name":  {[]string{"Ops@Bücher.example"}, "Ops@Bücher.example"},
		"two spellings":          {[]string{"NEWS@mail.example.com", "News@mail.example.com"}, "NEWS@mail.example.com"},
		"and as it is compared":  {[]string{"News@mail.example.com", "news@mail.example.com"}, "news@mail.example.com"},
		"compared, and another":  {[]string{"news@mail.example.com", "News@mail.example.com"}, "news@mail.example.com"},
		"beside other addresses": {[]string{"A@mail.example.com", "News@mail.example.com", "z@mail.example.com"}, "News@mail.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, c := serveSensitive(t, test.senders...)
			target := targets(t, test.sent)[0]
			if _, err := c.Load(t.Context(), callback.PartSenders); err != nil {
				t.Fatal(err)
			}
			if err := put(c, target, firstURL, ""); err != nil {
				t.Fatal(err)
			}
			s.holds(t, map[string]string{test.sent: firstURL})
			snapshot, err := c.Load(t.Context(), callback.PartSenderCallbacks)
			if got := snapshot.Callbacks.URL(target); err != nil || got.Whole() != firstURL {
				t.Errorf("the callback is %q; %v", got, err)
			}
			if err := put(c, target, otherURL, firstURL); err != nil {
				t.Error(err)
			}
			s.holds(t, map[string]string{test.sent: otherURL})
			if _, err := c.Make(t.Context(), callback.NewChange(target, callback.NewURL(otherURL), callback.URL{})); err != nil {
				t.Error(err)
			}
			s.holds(t, map[string]string{})
		})
	}
}

// TestSpellingOfCallback learns a spelling from the list of callbacks alone. It
// keeps the spelling when the callback is gone, and prefers it to the sender's
// spelling.
func TestSpellingOfCallback(t *testing.T) {
	t.Parallel()
	const listed = "News@mail.example.com"
	s, c := serveSensitive(t, listed)
	s.urls[listed] = firstURL
	load := func(parts callback.Parts) {
		t.Helper()
		if _, err := c.Load(t.Context(), parts); err != nil {
			t.Fatal(err)
		}
	}
	change := func(url, old string) {
		t.Helper()
		if err := put(c, news(t), url, old); err != nil {
			t.Error(err)
		}
		s.holds(t, map[string]string{listed: url})
	}
	checkError(t, put(c, news(t), otherURL, firstURL), failure.Conflict, "news@mail.example.com") // nothing was listed yet
	load(callback.PartSenderCallbacks)
	change(otherURL, firstURL)
	delete(s.urls, listed)
	load(callback.PartSenderCallbacks)
	change(firstURL, "")
	s.senders = append(s.senders, "news@mail.example.com")
	load(callback.PartSenders | callback.PartSenderCallbacks)
	change(otherURL, firstURL)
}

func TestSpellingOfMore(t *testing.T) {
	t.Parallel()
	for _, listed := range []string{
		"news@mail.example.com", "News <News@mail.example.com>", "News<News@mail.example.com>", " News@mail.example.com ", "News@mail.example.com(news)",
	} {
		var s spellings
		s.note(news(t), "NEWS@mail.example.com")
		s.note(targets(t, listed)[0], listed)
		if got := s.of(news(t)); got != "" {
			t.Errorf("%q is spelled %q", listed, got)
		}
	}
}
