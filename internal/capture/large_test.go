package capture

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
)

// TestTwoURLs reads a capture in which the callback was saved twice, with different
// URLs: the names are the same.
func TestTwoURLs(t *testing.T) {
	t.Parallel()
	second := click{"SaveHook", `{"Version":"2020-10-02","HookUrl":"https://other.example.com:8082/x"}`, `{"RequestId":"r"}`}
	text := har(forms["new"], []click{session[1], second}, false)
	for name, known := range map[string]Known{
		"no URL named": {}, "the first": {URLs: []string{accountURL}}, "the second": {URLs: []string{"https://other.example.com:8082/x"}},
		"another spelling of the second": {URLs: []string{"https://OTHER.example.com:8082/%78"}},
	} {
		c, err := Read(strings.NewReader(text), "")
		if err != nil {
			t.Fatal(err)
		}
		found := c.Learn(known, sesapi.Default())
		if len(found) != 1 || !found[0].Certain || found[0].Request["url"] != "HookUrl" {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

// TestLargeHAR reads a session of 200 MB without keeping it in memory.
func TestLargeHAR(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 200 MB")
	}
	const entries, body = 2000, 100_000
	whole := har(forms["new"], session, false)
	start, end, _ := strings.Cut(whole, `"entries":[`)
	filler := `{"request":{"method":"GET","url":"https://cdn.example.com/a.png"},"response":{"content":{"mimeType":"image/png","text":"` + strings.Repeat("x", body) + `"}}},`
	parts := []io.Reader{strings.NewReader(start + `"entries":[`)}
	for range entries {
		parts = append(parts, strings.NewReader(filler))
	}
	c, err := Read(io.MultiReader(append(parts, strings.NewReader(end))...), "")
	if err != nil || len(c.Warnings) > 0 {
		t.Fatal(err, c.Warnings)
	}
	checkSession(t, c.Learn(Known{}, sesapi.Default()))
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	if memory.HeapAlloc > 64<<20 {
		t.Errorf("%d MiB are kept", memory.HeapAlloc>>20)
	}
}
