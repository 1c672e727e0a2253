package emulator

import (
	"encoding/base64"
	"encoding/json"
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

// appendVariables appends the names in double braces in a text. A name has no blanks
// and no braces. Blanks around it are ignored.
func appendVariables(names []string, text string) []string {
	const blanks = " \t\n\f\r"
	for {
		before, rest, closed := strings.Cut(text, "}}")
		if !closed {
			return names
		}
		if open := strings.LastIndex(before, "{{"); open >= 0 {
			name := strings.Trim(before[open+2:], blanks)
			if name != "" && !strings.ContainsAny(name, "{}"+blanks) {
				names = append(names, name)
			}
		}
		text = rest
	}
}

// templateData reads values of variables: a JSON object of simple values.
func templateData(text string) (map[string]any, bool) {
	values := map[string]any{}
	if text != "" && json.Unmarshal([]byte(text), &values) != nil || values == nil {
		return nil, false
	}
	for _, value := range values {
		switch value.(type) {
		case map[string]any, []any:
			return nil, false
		}
	}
	return values, true
}

// missing returns the variables of a template that have no value.
func (t template) missing(values map[string]any) []string {
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
