package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/sesctl/sesctl/pkg/callback"
)

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if schema.DraftVersion != 2020 {
		t.Errorf("draft %d", schema.DraftVersion)
	}
	return schema
}

// drawValue draws valid values of a declaration, and other values in their place.
func drawValue(t *rapid.T, label string) any {
	return rapid.OneOf(
		rapid.SampledFrom([]any{1, 2, true, nil, "", "none", "report", "https://h.example:8080/", "prod", []any{}, map[string]any{}, 1.5}),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]any{"a", "b", "", 1, nil, []any{}}), 0, 3), func(v []any) any { return v }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a@x.example", "b@x.example", "nobody"}), rapid.SampledFrom([]any{"none", "https://h.example:8080/", "", 5, nil, []any{}, false}), 0, 3),
			func(v map[string]any) any { return v }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "senders", "account"}), rapid.SampledFrom([]any{map[string]any{}, map[string]any{"account": "none"}, map[string]any{"senders": map[string]any{}}, map[string]any{"version": 1}, "none", nil}), 0, 3),
			func(v map[string]any) any { return v }),
	).Draw(t, label)
}

// TestSchemaAgreesWithReader checks the same documents with the schema and the
// reader.
func TestSchemaAgreesWithReader(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		var document any
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			document = drawValue(t, "document")
		case 1, 2:
			document = goodValues()
		default:
			keys := map[string]any{}
			// Every key of the table, and an unknown key: the test finds a field
			// that is only in the reader or only in the schema.
			for _, f := range append(fields(), field{name: "other"}) {
				switch rapid.IntRange(0, 4).Draw(t, f.name+"?") {
				case 0:
					keys[f.name] = drawValue(t, f.name)
				case 1, 2:
					if good := goodValues()[f.name]; good != nil {
						keys[f.name] = good
					}
				}
			}
			document = keys
		}
		data, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		schemaErr := schema.Validate(instance)
		d, readErr := Parse([]File{{Name: "f", Data: data}}, environment)
		// The schema knows only one rule of addresses: they contain an @.
		for _, p := range d.Check(callback.Policy{}) {
			if readErr == nil && p.Rule == "sender-syntax" {
				readErr = errors.New(p.Message)
			}
		}
		if (schemaErr == nil) != (readErr == nil) {
			t.Fatalf("%s\nschema: %v\nreader: %v", data, schemaErr, readErr)
		}
		if readErr == nil {
			valid++
		}
	})
	if valid == 0 {
		t.Error("no valid document was drawn")
	}
}

func goodValues() map[string]any {
	return map[string]any{
		"version": 1, "$schema": "./callbacks.schema.json", "unmanaged": "fail",
		"profiles": map[string]any{"a": map[string]any{"senders": map[string]any{"c@x.example": "none"}}, "b": map[string]any{}}, "account": "https://h.example:8080/",
		"senders": map[string]any{"a@x.example": "none", "b@x.example": "https://h.example:8080/"},
	}
}

// TestEveryFieldHasAValue checks that the test above covers every field.
func TestEveryFieldHasAValue(t *testing.T) {
	t.Parallel()
	for _, f := range fields() {
		if goodValues()[f.name] == nil || f.summary == "" || f.read == nil || f.schema == nil {
			t.Errorf("field %s", f.name)
		}
	}
	if len(goodValues()) != len(fields()) {
		t.Error("a value for no field")
	}
}

func TestSchemaIsStable(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(Schema(), Schema()) || !json.Valid(Schema()) {
		t.Errorf("schema:\n%s", Schema())
	}
}
