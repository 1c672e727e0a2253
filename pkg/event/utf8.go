package event

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// byteOrderMark is U+FEFF in UTF-8. RFC 8259, 8.1 allows a reader to ignore it.
const byteOrderMark = "\ufeff"

// UTF8 returns a payload in UTF-8, without byte order marks. A payload in UTF-16 is
// recognized by its byte order mark, or by its first character, which is { in an object.
// A payload in UTF-8 is not copied. Bytes that are not UTF-8 stay as they are.
func UTF8(payload []byte) []byte {
	if order := orderOf(payload); order != nil {
		units := make([]uint16, len(payload)/2)
		for i := range units {
			units[i] = order.Uint16(payload[2*i:])
		}
		payload = []byte(string(utf16.Decode(units)))
	}
	for bytes.HasPrefix(payload, []byte(byteOrderMark)) {
		payload = payload[len(byteOrderMark):]
	}
	return payload
}

// orderOf returns the byte order of a payload in UTF-16, and nil for other payloads.
func orderOf(payload []byte) binary.ByteOrder {
	if len(payload) < 2 || len(payload)%2 != 0 {
		return nil
	}
	switch string(payload[:2]) {
	case "\xff\xfe", "{\x00":
		return binary.LittleEndian
	case "\xfe\xff", "\x00{":
		return binary.BigEndian
	}
	return nil
}
