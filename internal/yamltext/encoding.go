package yamltext

import (
	"bytes"
	"fmt"
)

// saveAs is the next step for a file in another encoding.
const saveAs = "save the file as UTF-8"

// Encoding returns why data is not the text of a file in UTF-8, if its beginning shows
// that, or "".
func Encoding(data []byte) string {
	const (
		utf16 = "the file is UTF-16, not UTF-8; " + saveAs
		utf32 = "the file is UTF-32, not UTF-8; " + saveAs
	)
	begins := func(beginning string) bool { return bytes.HasPrefix(data, []byte(beginning)) }
	switch {
	case begins("\xff\xfe\x00\x00"), begins("\x00\x00\xfe\xff"):
		return utf32
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return utf16
	case begins("\x1f\x8b"):
		return "the file is compressed with gzip; decompress it first"
	case begins("PK\x03\x04"):
		return "the file is a zip archive, not text"
	case len(data) >= 4 && (data[0] == 0) != (data[1] == 0) && (data[0] == 0) == (data[2] == 0) && (data[1] == 0) == (data[3] == 0):
		return utf16 // without a byte order mark
	}
	return ""
}

// notUTF8 explains the first byte that is not UTF-8.
func notUTF8(data []byte, bad byte) string {
	if bytes.IndexByte(data, 0) >= 0 {
		return fmt.Sprintf("the byte %02X is not UTF-8; %s", bad, saveAs)
	}
	return fmt.Sprintf("the byte %02X is not UTF-8; %s (it may be in an older encoding, such as GBK)", bad, saveAs)
}
