package event_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/sesctl/sesctl/pkg/event"
)

// TestEncodings uses payloads in other forms of Unicode. The event is not lost.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "{\"event\":\"bounce\",\"reason\":\"邮箱😀\"}"
	wide := func(mark bool, order binary.AppendByteOrder) string {
		var out []byte
		if mark {
			out = order.AppendUint16(out, 0xfeff)
		}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = order.AppendUint16(out, unit)
		}
		return string(out)
	}
	for name, payload := range map[string]string{
		"UTF-8": text, "with a mark": "\ufeff" + text, "with two marks": "\ufeff\ufeff" + text,
		"UTF-16": wide(true, binary.LittleEndian), "UTF-16, large end first": wide(true, binary.BigEndian),
		"UTF-16 without a mark": wide(false, binary.LittleEndian), "UTF-16 without a mark, large end first": wide(false, binary.BigEndian),
	} {
		e, err := event.Decode([]byte(payload))
		if err != nil || e.Type != event.Bounce || e.Reason != "邮箱😀" || len(e.Problems) > 0 {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	for _, payload := range []string{"\xff\xfe", "\xff\xfe{", "{\x00", "\x00{", "\xfe\xff\x00[", "\ufeff", "\xff\xfe\x00\x00{\x00\x00\x00"} {
		if e, err := event.Decode([]byte(payload)); err == nil {
			t.Errorf("%q: %+v", payload, e)
		}
	}
}
