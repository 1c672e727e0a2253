package manifest

import (
	"bytes"
	"encoding/json"
	"maps"
)

// Schema returns the JSON Schema (2020-12) of a declaration, for editors. A schema
// cannot check everything: it does not check that a sender is an email address,
// that each target is declared once, or that a URL is a valid callback.
func Schema() []byte {
	schema := objectSchema(fields())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "sesctl callback declaration"
	schema["description"] = "The callbacks of a Tencent Cloud SES account, as sesctl callback plan and apply read them"
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		panic(err) // the fields hold text and numbers
	}
	return out.Bytes()
}

// objectSchema returns the schema of a mapping with the keys of the fields.
func objectSchema(fields []field) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, f := range fields {
		property := maps.Clone(f.schema)
		if description, ok := property["description"].(string); ok {
			property["description"] = f.summary + ": " + description
		} else {
			property["description"] = f.summary
		}
		properties[f.name] = property
		if f.required {
			required = append(required, f.name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
