package capture

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// secrets are values of a session that no result of this package may contain.
var secrets = []string{"skey-SECRET", "csrf-SECRET", "100001234567", "AKIDSECRET", "tok-SECRET", "hook-SECRET"}

const (
	accountURL = "https://hooks.example.com:8080/ses?token=hook-SECRET"
	senderURL  = "https://hooks.example.com:8081/news?token=hook-SECRET"
	sender     = "news@mail.example.com"
)

// click is one call that the console makes.
type click struct{ action, data, response string }

// session is the calls of a user who saves, changes and removes callbacks.
var session = []click{
	{"QueryHook", `{"Version":"2020-10-02"}`, `{"Data":{"Hook":"` + accountURL + `"},"RequestId":"r"}`},
	{"SaveHook", `{"Version":"2020-10-02","HookUrl":"` + accountURL + `"}`, `{"RequestId":"r"}`},
	{"SaveHook", `{"Version":"2020-10-02","HookUrl":""}`, `{"RequestId":"r"}`},
	{"CreateMailHook", `{"Version":"2020-10-02","Mail":"` + sender + `","Hook":"` + senderURL + `"}`, `{"RequestId":"r"}`},
	{"ModifyMailHook", `{"Version":"2020-10-02","Mail":"` + sender + `","Hook":"` + senderURL + `"}`, `{"RequestId":"r"}`},
	{"ListMailHook", `{"Version":"2020-10-02","Offset":0,"Limit":"10"}`,
		`{"Data":{"List":[{"Mail":"` + sender + `","Hook":"` + senderURL + `"}],"Count":1},"RequestId":"r"}`},
	{"DeleteMailHook", `{"Version":"2020-10-02","Mail":"` + sender + `"}`, `{"RequestId":"r"}`},
	{"DeleteAddressUnsubscribeConfig", `{"Version":"2020-10-02","Address":"` + sender + `"}`, `{"RequestId":"r"}`},
}

// forms are the gateways of the console: how each writes a call and its answer.
var forms = map[string]func(c click) (url, body, answer string){
	"new": func(c click) (string, string, string) {
		return "https://console-hc.cloud.tencent.com/_api/ses/" + c.action + "?timeout=9&uin=100001234567&ownerUin=100001234567&csrfCode=csrf-SECRET",
			`{"cmd":"` + c.action + `","serviceType":"ses","data":` + c.data + `,"regionId":4}`,
			`{"Response":` + c.response + `}`
	},
	"old": func(c click) (string, string, string) {
		return "https://console.cloud.tencent.com/cgi/capi?cmd=" + c.action + "&action=delegate&serviceType=ses&secure=1&version=3&csrfCode=csrf-SECRET",
			`{"cmd":"` + c.action + `","action":"delegate","serviceType":"ses","data":` + c.data + `,"regionId":4}`,
			`{"code":0,"data":{"code":0,"data":{"Response":` + c.response + `}}}`
	},
	"older": func(c click) (string, string, string) {
		return "https://iaas.cloud.tencent.com/cgi/capi?i=ses/" + c.action + "&uin=100001234567",
			`{"serviceType":"ses","action":"` + c.action + `","data":` + c.data + `,"regionId":"4"}`,
			`{"code":0,"data":{"Response":` + c.response + `}}`
	},
	"string data": func(c click) (string, string, string) {
		data, _ := json.Marshal(c.data)
		return "https://workbench.cloud.tencent.com/cgi/capi?i=ses/" + c.action + "&uin=100001234567&region=ap-beijing",
			`{"serviceType":"ses","action":"` + c.action + `","data":` + string(data) + `}`,
			`{"code":0,"data":{"Response":` + c.response + `}}`
	},
}

func har(form func(click) (string, string, string), clicks []click, encoded bool) string {
	var entries []string
	for _, c := range clicks {
		url, body, answer := form(c)
		content := map[string]any{"mimeType": "application/json", "text": answer}
		if encoded {
			content["text"], content["encoding"] = base64.StdEncoding.EncodeToString([]byte(answer)), "base64"
		}
		entry, _ := json.Marshal(map[string]any{
			"request": map[string]any{"method": "POST", "url": url,
				"headers":  []map[string]string{{"name": "Cookie", "value": "skey=skey-SECRET; uin=o100001234567"}, {"name": "x-csrfcode", "value": "csrf-SECRET"}},
				"cookies":  []map[string]string{{"name": "skey", "value": "skey-SECRET"}},
				"postData": map[string]any{"mimeType": "application/json", "text": body}},
			"response": map[string]any{"content": content},
		})
		entries = append(entries, string(entry))
	}
	return `{"log":{"version":"1.2","creator":{"name":"x"},"pages":[],"entries":[` + strings.Join(entries, ",") + `]}}`
}

func TestLearnFromEveryForm(t *testing.T) {
	t.Parallel()
	for name, form := range forms {
		for _, encoded := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, encoded %t", name, encoded), func(t *testing.T) {
				t.Parallel()
				c, err := Read(strings.NewReader(har(form, session, encoded)), "x.har")
				if err != nil {
					t.Fatal(err)
				}
				checkSession(t, c.Learn(Known{}, sesapi.Default()))
				for _, text := range []string{fmt.Sprint(c.SeenHosts(), c.SeenProducts(), c.Warnings)} {
					refuseSecrets(t, text)
				}
			})
		}
	}
}

func checkSession(t *testing.T, found []Finding) {
	t.Helper()
	refuseSecrets(t, fmt.Sprintf("%+v", found))
	want := map[sesapi.Operation]Finding{
		sesapi.GetAccountCallback:   {Action: "QueryHook", Response: map[string]string{"url": "Data.Hook"}},
		sesapi.SetAccountCallback:   {Action: "SaveHook", Request: map[string]string{"url": "HookUrl"}},
		sesapi.ClearAccountCallback: {Action: "SaveHook", Request: map[string]string{"url": "HookUrl"}},
		sesapi.ListSenderCallbacks: {Action: "ListMailHook", Request: map[string]string{"offset": "Offset", "limit": "Limit"},
			Response: map[string]string{"items": "Data.List", "address": "Mail", "url": "Hook", "total": "Data.Count"}, Strings: []string{"limit"}},
		sesapi.CreateSenderCallback: {Action: "CreateMailHook", Request: map[string]string{"address": "Mail", "url": "Hook"}},
		sesapi.ChangeSenderCallback: {Action: "ModifyMailHook", Request: map[string]string{"address": "Mail", "url": "Hook"}},
		sesapi.DeleteSenderCallback: {Action: "DeleteMailHook", Request: map[string]string{"address": "Mail"}},
	}
	if len(found) != len(want) {
		t.Errorf("%d findings, want %d", len(found), len(want))
	}
	for _, f := range found {
		w := want[f.Operation]
		if !f.Certain || len(f.Evidence) == 0 {
			t.Errorf("%s: certain %t, evidence %q", f.Operation, f.Certain, f.Evidence)
		}
		if len(f.Request) == 0 {
			f.Request = nil
		}
		if f.Action != w.Action || !reflect.DeepEqual(f.Request, w.Request) || !reflect.DeepEqual(f.Response, w.Response) || !reflect.DeepEqual(f.Strings, w.Strings) {
			t.Errorf("%s: got %+v\nwant %+v", f.Operation, f, w)
		}
	}
}

func refuseSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%q came out: %s", secret, text)
		}
	}
}

func TestLearnFromCopiedRequests(t *testing.T) {
	t.Parallel()
	url, body, answer := forms["new"](session[3])
	fetchOptions, _ := json.Marshal(map[string]any{"method": "POST", "body": body, "headers": map[string]string{"x-csrfcode": "csrf-SECRET"}})
	quoted := strings.NewReplacer(`"`, `^\^"`, "{", "^{", "}", "^}", "&", "^&", "$", "^$").Replace(body)
	captures := map[string]string{
		"curl":         "curl '" + url + "' \\\n  -H 'cookie: skey=skey-SECRET' \\\n  -b 'uin=100001234567' \\\n  --data-raw '" + body + "' \\\n  --compressed",
		"curl ANSI":    "curl '" + url + "' \\\n  --data-raw $'" + strings.ReplaceAll(body, "mail.example.com", `mail\u002eexample.com`) + "'",
		"curl windows": "curl ^\"" + strings.ReplaceAll(url, "&", "^&") + "^\" ^\r\n  -H ^\"x-csrfcode: csrf-SECRET^\" ^\r\n  --data-raw ^\"" + quoted + "^\"\r\n",
		"fetch":        `fetch("` + url + `", ` + string(fetchOptions) + ");",
		"await fetch":  `await fetch("` + url + `", ` + string(fetchOptions) + ");",
		"pair":         body + "\n" + answer,
		"request":      body,
		"named pair":   `{"request":` + body + `,"response":` + answer + `}`,
	}
	for name, text := range captures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Read(strings.NewReader(text), "")
			if err != nil {
				t.Fatal(err)
			}
			found := c.Learn(Known{Senders: []string{sender}, URLs: []string{senderURL}}, sesapi.Default())
			if len(found) != 1 || found[0].Operation != sesapi.CreateSenderCallback || found[0].Action != "CreateMailHook" || found[0].Request["url"] != "Hook" {
				t.Fatalf("found %+v", found)
			}
			refuseSecrets(t, fmt.Sprintf("%+v %v", found, c.SeenHosts()))
		})
	}
}

func TestScriptsAreGuesses(t *testing.T) {
	t.Parallel()
	script := `!function(){var a=function(e){return n.request({serviceType:"ses",cmd:"UpdateMailHook",data:{Version:"2020-10-02",Mail:e.m,Hook:e.h}})},` +
		`b=e=>r({cmd:"DeleteMailHook",regionId:1,data:{Mail:e},serviceType:"ses"}),c=()=>x("/_api/ses/ListMailHook"),d=()=>r({serviceType:"cvm",cmd:"DescribeInstances",data:{}})}();`
	entries := har(forms["new"], session[3:4], false)
	inHAR, _ := json.Marshal(map[string]any{"request": map[string]any{"method": "GET", "url": "https://cloudcache.example.com/qcloud/tea/app/ses.0123.js"},
		"response": map[string]any{"content": map[string]any{"mimeType": "application/javascript", "text": script}}})
	c, err := Read(strings.NewReader(strings.Replace(entries, `"entries":[`, `"entries":[`+string(inHAR)+",", 1)), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Mentions) != 3 || !reflect.DeepEqual(c.Mentions[0].Params, []string{"Mail", "Hook"}) {
		t.Fatalf("mentions %+v", c.Mentions)
	}
	found := c.Learn(Known{}, sesapi.Default())
	certain := map[sesapi.Operation]bool{}
	for _, f := range found {
		certain[f.Operation] = f.Certain
	}
	want := map[sesapi.Operation]bool{sesapi.CreateSenderCallback: true, sesapi.ChangeSenderCallback: false, sesapi.DeleteSenderCallback: false}
	if !reflect.DeepEqual(certain, want) {
		t.Fatalf("found %+v", found)
	}
}

func TestFilesThatAreNotCaptures(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "HTML": "<!DOCTYPE html><html>skey-SECRET</html>", "prose": "skey-SECRET", "zip": "PK\x03\x04",
		"UTF-16": "\xff\xfe{\x00", "broken JSON": `{"cmd":skey-SECRET}`, "cut curl": "curl 'https://x",
		"computed curl": "curl $(echo https://x)", "fetch of a name": "fetch(url)", "array": `["skey-SECRET"`,
	} {
		c, err := Read(strings.NewReader(text), "x.har")
		if err == nil && len(c.Warnings) == 0 {
			t.Errorf("%s: no error", name)
		}
		refuseSecrets(t, fmt.Sprint(err, c.Warnings))
	}
}

func TestTruncatedHARIsReadUpToItsEnd(t *testing.T) {
	t.Parallel()
	whole := har(forms["old"], session, false)
	for _, length := range []int{len(whole) - 1, len(whole) * 3 / 4, len(whole) / 2, len(whole) / 4} {
		for _, end := range []string{"", "\n"} {
			c, err := Read(strings.NewReader(whole[:length]+end), "")
			if err != nil || len(c.Warnings) != 1 {
				t.Errorf("cut at %d: %v, warnings %q", length, err, c.Warnings)
			}
		}
	}
}

func TestOtherProductsAndAccounts(t *testing.T) {
	t.Parallel()
	other := strings.NewReplacer("/_api/ses/", "/_api/cvm/", `serviceType\":\"ses`, `serviceType\":\"cvm`).Replace(har(forms["new"], session, false))
	c, err := Read(strings.NewReader(other), "")
	if err != nil || !c.Empty() || !reflect.DeepEqual(c.SeenProducts(), []string{"cvm"}) || !reflect.DeepEqual(c.SeenHosts(), []string{"console-hc.cloud.tencent.com"}) {
		t.Errorf("%v %+v", err, c)
	}
	one, _ := Read(strings.NewReader(har(forms["new"], session[:1], false)), "")
	two, _ := Read(strings.NewReader(strings.ReplaceAll(har(forms["new"], session[:1], false), "100001234567", "100007654321")), "")
	one.Add(two)
	if one.Accounts() != 2 {
		t.Errorf("%d accounts", one.Accounts())
	}
}

func TestAuditEvents(t *testing.T) {
	t.Parallel()
	var c Capture
	quote := func(v string) string { q, _ := json.Marshal(v); return string(q) }
	for _, s := range session {
		data := strings.TrimSuffix(s.data, "}") + `,"SecretId":"AKIDSECRET","Token":"tok-SECRET","Nonce":1}`
		event := `{"eventName":"` + s.action + `","eventSource":"ses.tencentcloudapi.com","actionType":"Write","userIdentity":{"secretId":"AKIDSECRET","principalId":"100001234567"},
			"requestParameters":` + quote(data) + `,"responseElements":` + quote(s.response) + `}`
		if !c.AddAudit(event, func(string) bool { return false }) {
			t.Fatalf("not taken: %s", event)
		}
	}
	if c.AddAudit("{", func(string) bool { return true }) {
		t.Error("half an event was taken")
	}
	checkSession(t, c.Learn(Known{}, sesapi.Default()))
}

func TestErrorsAreNotCertain(t *testing.T) {
	t.Parallel()
	failed := click{session[1].action, session[1].data, `{"Error":{"Code":4100,"Message":"x"},"RequestId":"r"}`}
	c, err := Read(strings.NewReader(har(forms["new"], []click{failed}, false)), "")
	if err != nil {
		t.Fatal(err)
	}
	found := c.Learn(Known{}, sesapi.Default())
	if len(found) != 1 || found[0].Certain || !strings.Contains(fmt.Sprint(found[0].Evidence), "4100") {
		t.Errorf("found %+v", found)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(har(forms["new"], session, false))
	f.Add("curl 'https://x/_api/ses/Y' --data-raw '{}'")
	f.Add(`fetch("https://x", {"body":"{}"});`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Read(strings.NewReader(text), "")
		if err == nil {
			c.Learn(Known{}, sesapi.Default())
		}
	})
}
