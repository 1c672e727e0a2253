package emulator

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Limits of templates. They are chosen, because the SDK names only the error codes.
const (
	maxTemplateName  = 50
	maxTemplateBytes = 1 << 20
	maxTemplates     = 1000
)

// template is a template of emails. Every template is approved at once.
type template struct {
	Name    string `json:"name"`
	HTML    string `json:"html,omitempty"` // in base64, as in the request
	Text    string `json:"text,omitempty"`
	Created int64  `json:"created"`
}

func createEmailTemplate(r *request) *apiError {
	t, err := r.templateParam(sesapi.CodeTemplateNameIllegal, sesapi.CodeTemplateTooLarge)
	if err != nil {
		return err
	}
	if r.tx.Count(bucketTemplates) >= maxTemplates {
		return refuse(sesapi.CodeExceedTemplateLimit, "There are already %d templates.", maxTemplates)
	}
	t.Created = r.now().Unix()
	id, failed := r.tx.Next(bucketTemplates)
	if failed != nil {
		return internalError(failed)
	}
	if err := r.put(bucketTemplates, state.Key(id), t); err != nil {
		return err
	}
	return r.answer("TemplateID", id)
}

// templateParam checks the name and the content of a template. A template without a name
// is refused with noName, and one that is too large with tooLarge.
func (r *request) templateParam(noName, tooLarge string) (template, *apiError) {
	content := r.in.object("TemplateContent")
	t := template{Name: r.in.text("TemplateName"), HTML: content.text("Html"), Text: content.text("Text")}
	switch {
	case strings.TrimSpace(t.Name) == "":
		return t, refuse(noName, "The template has no name.")
	case utf8.RuneCountInString(t.Name) > maxTemplateName:
		return t, refuse(sesapi.CodeTemplateNameIllegal, "The name of a template must have up to %d characters.", maxTemplateName)
	case t.HTML == "" && t.Text == "":
		return t, refuse(sesapi.CodeTemplateContentNull, "The template has neither Html nor Text.")
	case !isBase64(t.HTML) || !isBase64(t.Text):
		return t, refuse(sesapi.CodeTemplateContentWrong, "The content of the template is not base64.")
	case len(t.HTML)+len(t.Text) > maxTemplateBytes:
		return t, refuse(tooLarge, "The template has more than %d bytes.", maxTemplateBytes)
	}
	return t, nil
}

// existingTemplate loads the template that a request names.
func (r *request) existingTemplate(code string) (template, *apiError) {
	id := uint64(r.in.number("TemplateID"))
	t, there, err := state.Load[template](r.tx, bucketTemplates, state.Key(id))
	switch {
	case err != nil:
		return t, internalError(err)
	case !there:
		return t, refuse(code, "There is no template %d.", id)
	}
	return t, nil
}

func getEmailTemplate(r *request) *apiError {
	t, err := r.existingTemplate(sesapi.CodeTemplateNotExist)
	if err != nil {
		return err
	}
	return r.answers(fields{"TemplateContent": map[string]string{"Html": t.HTML, "Text": t.Text}, "TemplateStatus": 0, "TemplateName": t.Name})
}

func updateEmailTemplate(r *request) *apiError {
	old, err := r.existingTemplate(sesapi.CodeTemplateNotExist)
	if err != nil {
		return err
	}
	t, err := r.templateParam(sesapi.CodeTemplateNameNull, sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	t.Created = old.Created
	return r.put(bucketTemplates, state.Key(uint64(r.in.number("TemplateID"))), t)
}

func deleteEmailTemplate(r *request) *apiError {
	if _, err := r.existingTemplate(sesapi.CodeInvalidValue); err != nil {
		return err
	}
	return r.remove(bucketTemplates, state.Key(uint64(r.in.number("TemplateID"))))
}

func listEmailTemplates(r *request) *apiError {
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for key, encoded := range part(r.tx.From(bucketTemplates, ""), offset, limit) {
		t, failed := state.Decode[template](bucketTemplates, encoded)
		if failed != nil {
			return internalError(failed)
		}
		list = append(list, map[string]any{"TemplateID": state.ID(key), "TemplateName": t.Name, "TemplateStatus": 0,
			"CreatedTimestamp": t.Created, "ReviewReason": ""})
	}
	return r.answers(fields{"TemplatesMetadata": list, "TotalCount": r.tx.Count(bucketTemplates)})
}

// variables returns the names in double braces in a template.
func (t template) variables() []string {
	var names []string
	for _, part := range []string{t.HTML, t.Text} {
		content, _ := base64.StdEncoding.DecodeString(part)
		names = appendVariables(names, string(content))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// appendVariables appends the names in double braces in a text.
func appendVariables(names []string, text string) []string {
	for {
		_, name, after, found := cutVariable(text)
		if !found {
			return names
		}
		names, text = append(names, name), after
	}
}

// cutVariable cuts a text around its first variable: a name in double braces. A name has
// no blanks and no braces. Blanks around it are ignored.
func cutVariable(text string) (before, name, after string, found bool) {
	const blanks = " \t\n\f\r"
	for at := 0; ; {
		length := strings.Index(text[at:], "}}")
		if length < 0 {
			return text, "", "", false
		}
		end := at + length
		if open := strings.LastIndex(text[at:end], "{{"); open >= 0 {
			name = strings.Trim(text[at+open+2:end], blanks)
			if name != "" && !strings.ContainsAny(name, "{}"+blanks) {
				return text[:at+open], name, text[end+2:], true
			}
		}
		at = end + 2
	}
}

// fill returns a text with the values of its variables. A variable without a value stays
// as it is.
func fill(text string, values map[string]string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	var out strings.Builder
	for {
		before, name, after, found := cutVariable(text)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if value, there := values[name]; there {
			out.WriteString(value)
		} else {
			out.WriteString(text[len(before) : len(text)-len(after)])
		}
		text = after
	}
}

// templateData reads the values of variables, as text: a JSON object of simple values.
func templateData(text string) (map[string]string, bool) {
	given := map[string]json.RawMessage{}
	if text != "" && json.Unmarshal([]byte(text), &given) != nil || given == nil {
		return nil, false
	}
	values := make(map[string]string, len(given))
	for name, value := range given {
		switch value[0] {
		case '{', '[':
			return nil, false
		case '"':
			var unquoted string
			_ = json.Unmarshal(value, &unquoted) // a part of valid JSON
			values[name] = unquoted
		case 'n': // null
			values[name] = ""
		default:
			values[name] = string(value)
		}
	}
	return values, true
}

// content returns the subject for one recipient, and the values of the template's
// variables, in JSON. A value of the recipient replaces one of the task.
func (t *task) content(to detail) (subject, data string) {
	if t.TemplateID == 0 {
		return t.Subject, ""
	}
	values, _ := templateData(t.Data)
	if to.Data == "" {
		return fill(t.Subject, values), t.Data
	}
	given, merged := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(t.Data), &merged) // both were checked when they were given
	_ = json.Unmarshal([]byte(to.Data), &given)
	maps.Copy(merged, given)
	own, _ := templateData(to.Data)
	maps.Copy(values, own)
	encoded, _ := json.Marshal(merged)
	return fill(t.Subject, values), string(encoded)
}

// missing returns the variables of a template that have no value.
func (t template) missing(values map[string]string) []string {
	return slices.DeleteFunc(t.variables(), func(name string) bool { _, there := values[name]; return there })
}

// findTemplate loads a template for an email. An account that has never created
// a template has every template, with any variables.
func (r *request) findTemplate(id uint64, code string) (template, *apiError) {
	t, there, err := state.Load[template](r.tx, bucketTemplates, state.Key(id))
	if err != nil {
		return t, internalError(err)
	}
	if there {
		return t, nil
	}
	if r.tx.Last(bucketTemplates) > 0 {
		return t, refuse(code, "There is no template %d.", id)
	}
	return t, nil
}
