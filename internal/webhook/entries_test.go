package webhook

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func utf16le(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

// Every form of a capture gives the same two events.
func TestReadRecordsOfAllForms(t *testing.T) {
	t.Parallel()
	const one, two = `{"event":"open","email":"ä@example.com"}`, `{"event":"click","email":"b@example.com"}`
	saved := func(body string) string { return `{"received":"2026-01-01T00:00:00Z","id":"X","body":` + body + `}` }
	lines := one + "\n" + two + "\n"
	tests := map[string]string{
		"lines":                 lines,
		"lines of Windows":      one + "\r\n" + two + "\r\n",
		"records":               saved(one) + "\n" + saved(two) + "\n",
		"records and payloads":  saved(one) + "\n" + two,
		"with an answer":        strings.Replace(saved(one), `"body"`, `"status":200,"latency_ms":1.5,"body"`, 1) + saved(two),
		"one line":              one + two,
		"an array":              "[" + one + "," + two + "]",
		"an array of records":   "[\n  " + saved(one) + ",\n  " + saved(two) + "\n]\n",
		"pretty-printed":        strings.NewReplacer("{", "{\n  ", ",", ",\n  ", "}", "\n}\n").Replace(one + two),
		"pretty array":          "[\n  {\n    \"event\": \"open\",\n    \"email\": \"ä@example.com\"\n  },\n  " + two + "\n]",
		"a byte order mark":     "\ufeff" + lines,
		"UTF-16":                utf16le(lines),
		"two files with marks":  "\ufeff" + one + "\n\ufeff" + two,
		"a text sequence":       "\x1e" + one + "\n\x1e" + two + "\n",
		"gzip":                  gzipped(t, lines),
		"gzip in two parts":     gzipped(t, one+"\n") + gzipped(t, two),
		"gzip of UTF-16":        gzipped(t, utf16le(lines)),
		"without received time": `{"body":` + one + `}` + "\n" + two,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, in := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
				var got []string
				for entry, err := range ReadRecords(in) {
					if err != nil {
						t.Fatal(err)
					}
					if entry.Number != len(got)+1 {
						t.Errorf("entry %d has the number %d", len(got)+1, entry.Number)
					}
					got = append(got, strings.Join(strings.Fields(string(entry.Payload())), ""))
				}
				if fmt.Sprint(got) != fmt.Sprint([]string{one, two}) {
					t.Errorf("got %q", got)
				}
			}
		})
	}
}

func TestReadRecordsReadsWhatIsSaved(t *testing.T) {
	t.Parallel()
	var first, second, third Record
	first.setBody([]byte("\ufeff{\"event\":\"open\",\"reason\":\"\xff\"}"))
	second.setRaw([]byte("not \xfe JSON\n"))
	third.setRaw(nil)
	text := []byte{}
	records := []Record{first, second, third}
	for i := range records {
		records[i].Received, records[i].ID = time.Unix(1, 0), string(rune('A'+i))
		records[i].Path, records[i].Query = "/ses", "token=\"x\""
		text = records[i].appendLine(text)
	}
	text = appendFailure(text, "B", 502, "no answer")
	var got []Entry
	for entry, err := range ReadRecords(bytes.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, entry)
	}
	if len(got) != 4 || bytes.Count(text, []byte("\n")) != 4 {
		t.Fatalf("%d entries: %s", len(got), text)
	}
	for i, want := range []string{"\ufeff{\"event\":\"open\",\"reason\":\"\xff\"}", "not \xfe JSON\n", ""} {
		if payload := string(got[i].Payload()); payload != want || got[i].ID != records[i].ID || got[i].Path != "/ses" || got[i].Query != "token=\"x\"" {
			t.Errorf("%q, %+v", payload, got[i])
		}
	}
	if note := got[3]; note.Failed != "B" || note.Status != 502 || note.Error != "no answer" {
		t.Errorf("%+v", note)
	}
}

func TestReadRecordsOfDamagedGzip(t *testing.T) {
	t.Parallel()
	whole := gzipped(t, openEvent+"\n")
	for text, want := range map[string]string{whole[:4]: "the file begins like a gzip file, but is damaged", whole[:len(whole)-6]: "cannot read line"} {
		var last error
		for _, err := range ReadRecords(strings.NewReader(text)) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), want) {
			t.Errorf("got %v, want %q", last, want)
		}
	}
}

// FuzzReadRecords checks that reading a file of events ends, that it numbers the entries
// and lines in order, and that what it read is saved and read as the same again.
func FuzzReadRecords(f *testing.F) {
	f.Add([]byte(`{"received":"2026-01-01T00:00:00Z","id":"A","body":{"event":"open"}}` + "\n" + `{"failed":"A","status":502}`))
	f.Add([]byte("[\n{\"event\":\"open\",\n\"x\":{}},{\"event\":1}]\nhello\n{\"a\":\n{\"event\":\"open\"}"))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte(`{"received":"2026-01-01T00:00:00Z","raw":"\ud800","raw_base64":"/w=="}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		number, line := 0, 0
		for entry, err := range ReadRecords(bytes.NewReader(text)) {
			if err != nil || entry.Failed != "" {
				continue
			}
			number++
			if entry.Number != number || entry.Line < line {
				t.Fatalf("entry %d, line %d after %d, line %d", entry.Number, entry.Line, number, line)
			}
			line = entry.Line
			if entry.Received.IsZero() || entry.Received.Year() > 9999 || entry.Received.Year() < 0 {
				entry.Received = time.Unix(1, 0)
			}
			saved := entry.appendLine(nil)
			if bytes.Count(saved, []byte("\n")) != 1 {
				t.Fatalf("saved as %q", saved)
			}
			for again, err := range ReadRecords(bytes.NewReader(saved)) {
				if err != nil || string(bytes.TrimSpace(again.Payload())) != string(bytes.TrimSpace(oneLine(entry))) {
					t.Fatalf("%q is saved as %q and read as %q, %v", entry.Payload(), saved, again.Payload(), err)
				}
			}
		}
	})
}

// oneLine is the payload of an entry as a saved line has it.
func oneLine(entry Entry) []byte {
	if entry.Exact != nil || entry.Raw != nil {
		return entry.Payload()
	}
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, entry.Body)
}
