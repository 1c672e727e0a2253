package cli

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
	"github.com/sesctl/sesctl/pkg/event"
)

// fieldFlags are the flags that change the fields of sample events.
type fieldFlags struct {
	set, unset   []string
	allowUnknown bool
}

func (o *fieldFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.set, "set", nil, "set a field or a returned header of the events: `FIELD=VALUE`; repeatable")
	f.StringArrayVar(&o.unset, "unset", nil, "leave `FIELD` out; repeatable")
	f.BoolVar(&o.allowUnknown, "allow-unknown", false, "allow fields in --set and --unset that SES does not document")
	_ = cmd.RegisterFlagCompletionFunc("set", completeFields("="))
	_ = cmd.RegisterFlagCompletionFunc("unset", completeFields(""))
}

func (o *fieldFlags) given() bool { return len(o.set) > 0 || len(o.unset) > 0 || o.allowUnknown }

// completeFields completes the names of fields, each with a suffix.
func completeFields(suffix string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return fieldNames(suffix), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
}

// fieldNames returns the names of the documented fields, each with a suffix.
func fieldNames(suffix string) []string {
	var names []string
	for _, f := range event.Fields() {
		names = append(names, f.Name+suffix)
	}
	return names
}

// edit is a change of one field, or of a part of it.
type edit struct {
	flag  string
	path  []string // the field, and names within it
	value string
	unset bool
}

// edits returns the changes of --set and then of --unset.
func (o *fieldFlags) edits() ([]edit, error) {
	var edits []edit
	for _, text := range o.set {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, failure.New(failure.Usage, "--set %s: it is not FIELD=VALUE", callback.Quote(name))
		}
		edits = append(edits, edit{flag: "--set", path: fieldPath(name), value: value})
	}
	for _, name := range o.unset {
		edits = append(edits, edit{flag: "--unset", path: fieldPath(name), unset: true})
	}
	for _, e := range edits {
		if slices.Contains(e.path, "") {
			return nil, failure.New(failure.Usage, "%s %s: a name is empty", e.flag, callback.Quote(strings.Join(e.path, ".")))
		}
		if !o.allowUnknown && !isDocumented(e.path[0]) {
			return nil, failure.New(failure.Usage, "%s: %w: %s", e.flag, event.ErrUnknownField, callback.Quote(e.path[0])).
				WithHint("'sesctl event types -o json' lists the fields; headers begin with %s", event.HeaderPrefix).
				WithHint("--allow-unknown allows any field")
		}
	}
	return edits, nil
}

// fieldPath splits a path such as a.b.c into names. In a\.b the dot is a part of the
// name. Header names are not split.
func fieldPath(text string) []string {
	text = strings.TrimSpace(text)
	if event.IsHeader(text) {
		return []string{text}
	}
	const dot = "\x00"
	parts := strings.Split(strings.ReplaceAll(text, `\.`, dot), ".")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], dot, ".")
	}
	return parts
}

func isDocumented(name string) bool {
	_, known := event.FieldName(name)
	return known
}

// apply makes the changes, and then updates the derived fields.
func (o *fieldFlags) apply(e *event.Event) error {
	edits, err := o.edits()
	if err != nil {
		return err
	}
	for _, one := range edits {
		if err := one.apply(e); err != nil {
			return failure.New(failure.Usage, "%s: %w", one.flag, err)
		}
	}
	return o.derive(e)
}

func (d edit) apply(e *event.Event) error {
	name := d.path[0]
	switch {
	case len(d.path) > 1:
		return d.applyWithin(e)
	case d.unset:
		return e.SetJSON(name, nil)
	case d.isJSON():
		return e.SetJSON(name, json.RawMessage(d.value))
	case !isDocumented(name):
		return e.SetJSON(name, d.json())
	}
	err := e.Set(name, d.value)
	var wrong *event.DecodeError
	if errors.As(err, &wrong) && wrong.Field != "event" && json.Valid([]byte(d.value)) {
		return e.SetJSON(name, json.RawMessage(d.value)) // a number or a word of another type
	}
	return err
}

// isJSON reports whether a value can only be JSON: null, an object, an array, or a
// string in quotes. A number is sent as a number or as text, according to the type of
// the field.
func (d edit) isJSON() bool {
	return d.value == "null" || strings.HasPrefix(d.value, `"`) && json.Valid([]byte(d.value)) ||
		strings.ContainsAny(d.value[:min(1, len(d.value))], "{[") && json.Valid([]byte(d.value))
}

// json returns the value for a field without a documented type.
func (d edit) json() json.RawMessage {
	if json.Valid([]byte(d.value)) {
		return json.RawMessage(strings.TrimSpace(d.value))
	}
	quoted, err := json.Marshal(d.value)
	if err != nil {
		return json.RawMessage(`""`) // not reached: a string can be encoded
	}
	return quoted
}

// errTooDeep stands for the only error of encoding parts of valid JSON.
var errTooDeep = errors.New("values are nested too deep")

// applyWithin changes a part of an object. A value that is not an object is replaced by
// one.
func (d edit) applyWithin(e *event.Event) error {
	whole := map[string]json.RawMessage{}
	_ = json.Unmarshal(e.Extra[d.path[0]], &whole)
	if whole == nil {
		whole = map[string]json.RawMessage{}
	}
	inner := whole
	var outer []map[string]json.RawMessage
	last := len(d.path) - 1
	for _, name := range d.path[1:last] {
		next := map[string]json.RawMessage{}
		_ = json.Unmarshal(inner[name], &next)
		if next == nil {
			next = map[string]json.RawMessage{}
		}
		outer, inner = append(outer, inner), next
	}
	if d.unset {
		delete(inner, d.path[last])
	} else {
		inner[d.path[last]] = d.json()
	}
	for i := len(outer) - 1; i >= 0; i-- {
		raw, err := json.Marshal(inner)
		if err != nil {
			return errTooDeep
		}
		outer[i][d.path[i+1]], inner = raw, outer[i]
	}
	raw, err := json.Marshal(inner)
	if err != nil {
		return errTooDeep
	}
	return e.SetJSON(d.path[0], raw)
}

// touches reports whether the user sets or unsets a field.
func (o *fieldFlags) touches(field string) bool {
	return slices.ContainsFunc(append(slices.Clone(o.set), o.unset...), func(text string) bool {
		name, _, _ := strings.Cut(text, "=")
		spelling, _ := event.FieldName(fieldPath(name)[0])
		return spelling == field
	})
}

// derive updates the fields that SES derives from others, unless the user sets or unsets
// them.
func (o *fieldFlags) derive(e *event.Event) error {
	follows := func(field, of string) bool { return o.touches(of) && !o.touches(field) }
	if i := strings.LastIndexByte(e.From, '@'); i >= 0 && follows("fromDomain", "from") {
		e.FromDomain = strings.TrimRight(e.From[i+1:], "> ") // after a display name
	}
	if follows("eventid", "event") {
		e.EventID = e.Type.EventID() // 0, which is left out, for a type without a number
	}
	if follows("sentTimestamp", "timestamp") && e.Timestamp != 0 {
		e.SentTimestamp = e.Timestamp - sendingTime
	}
	if sent := o.sent(e); sent != 0 && (follows("bulkId", "timestamp") || follows("bulkId", "sentTimestamp")) {
		return e.Set("bulkId", withDate(e.BulkID, time.Unix(sent, 0)))
	}
	return nil
}

// sendingTime is how long before an event its email was sent, in seconds.
const sendingTime = 2

// sent returns the Unix time of the date in the bulkId, in seconds, or 0 if the event
// has none.
func (o *fieldFlags) sent(e *event.Event) int64 {
	if o.touches("sentTimestamp") && e.SentTimestamp != 0 {
		return e.SentTimestamp
	}
	return e.Timestamp
}

// bulkDate returns the date for a bulkId, in China time: in the sample of document
// 1084/39492 it is 8 hours ahead of the timestamp.
func bulkDate(t time.Time) string {
	return t.In(time.FixedZone("CST", 8*60*60)).Format("20060102150405")
}

// withDate replaces the date in a bulkId.
func withDate(bulkID string, t time.Time) string {
	const mark = "-date-"
	before, after, found := strings.Cut(bulkID, mark)
	if date := bulkDate(t); found && len(after) >= len(date) {
		return before + mark + date + after[len(date):]
	}
	return bulkID
}

// setHelp is the part of help texts that explains --set.
const setHelp = `--set accepts a text or a number, according to the type of the field, and any JSON
value: null, '"7"', '[1,2]', '{"a":1}'. A path such as a.b=1 sets a part of an
object. --unset leaves a field out. sesctl updates the fields that SES derives
from others: fromDomain from from, eventid from event, and the date in bulkId (in
China time) from sentTimestamp or timestamp.`

// samples returns one event of each type, with the fields that the flags set.
func (o *fieldFlags) samples(types []event.Type, options ...event.Option) ([]event.Event, error) {
	var samples []event.Event
	for _, t := range types {
		sample, err := event.Sample(t, options...)
		if err != nil {
			return nil, failure.New(failure.Usage, "%w", err)
		}
		if err := o.apply(&sample); err != nil {
			return nil, err
		}
		samples = append(samples, sample)
	}
	return samples, nil
}
