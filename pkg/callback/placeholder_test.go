package callback_test

import (
	"testing"

	"github.com/sesctl/sesctl/pkg/callback"
)

// TestAllowedPlaceholders uses placeholders whose characters are allowed in a URL. They
// are warnings.
func TestAllowedPlaceholders(t *testing.T) {
	t.Parallel()
	for rest, place := range map[string]string{
		"/?t=$token": "31", "/?t=$env:TOKEN": "31", "/?t=__TOKEN__": "31", "/?t=@TOKEN@": "31", "/?t=@@TOKEN@@": "31", "/?t=((token))": "31", "/?t=!vault": "31",
		"/?t=CHANGEME": "31", "/?t=change-me": "31", "/?t=YOUR_TOKEN": "31", "/?t=your-api-key-here": "31", "/?t=REPLACE_ME": "31", "/?t=insert-token-here": "31", "/?t=TODO": "31",
		"/?t=xxx": "31", "/?t=***": "31", "/?t=...": "31", "/?t=undefined": "31", "/?t=null": "31", "/?t=None": "31", "/?t=%5Bobject%20Object%5D": "31", "/?t=example": "31",
		"/?t=%7B%7Bt%7D%7D": "31", "/?t=%24%7BT%7D": "31", "/?t=%3Ct%3E": "31", "/?t=%5B%5Bt%5D%5D": "31", "/?t=%25T%25": "31",
		"/a/:token/b": "30", "/__A__/b": "28", "/a/CHANGEME": "30", "/?a=1&b=null": "35",
	} {
		problems := callback.CheckURL("https://h.example.com:8080"+rest, callback.Policy{})
		if len(problems) != 1 || problems[0].Rule != "declaration-dollar" || problems[0].Severity != callback.SeverityWarning ||
			problems[0].Message != "the URL has a placeholder at character "+place+", which was not replaced" {
			t.Errorf("%q: %+v; want character %s", rest, problems, place)
		}
	}
	for _, rest := range []string{
		"/example", "/callback/example", "/null", "/?null", "/?t=a__b__", "/?t=user@mail.example.com", "/@team/x", "/?t=(a)", "/?t=xx", "/a:b", "/?t=:x", "/?at=12:30",
		"/?t=nullable", "/?t=your", "/?t=mykey", "/?t=changes", "/?t=", "/?t=%7B%22a%22", "/?t=50%25", "/?$filter=x", "/__", "/?t=@@", "/?t=@a@",
	} {
		if problems := callback.CheckURL("https://h.example.com:8080"+rest, callback.Policy{}); len(problems) != 0 {
			t.Errorf("%q: %+v", rest, problems)
		}
	}
}
