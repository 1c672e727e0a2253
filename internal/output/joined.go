package output

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Joined is one JSON object with the keys of several values, in their order. Each
// value must encode as an object. It joins values that have their own JSON form.
// If they were embedded, the form of one of them would replace the others.
type Joined []any

// MarshalJSON returns the object.
func (j Joined) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for _, value := range j {
		var object bytes.Buffer
		encoder := json.NewEncoder(&object)
		encoder.SetEscapeHTML(false) // URLs often contain &
		if err := encoder.Encode(value); err != nil {
			return nil, err
		}
		inner, isObject := bytes.CutPrefix(bytes.TrimSpace(object.Bytes()), []byte("{"))
		if !isObject {
			return nil, fmt.Errorf("%T does not encode as a JSON object", value)
		}
		inner = bytes.TrimSuffix(inner, []byte("}"))
		if len(inner) > 0 && out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(inner)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
