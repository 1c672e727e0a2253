package callback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// The JSON forms of the types in this package. YAML output uses the same forms.
// They hold whole URLs: they are for results that the user asked for, and for
// files that only the user can read.

type targetForm struct {
	Scope  Scope  `json:"scope"`
	Sender string `json:"sender,omitempty"` // left out for the account
}

type callbackForm struct {
	Scope  Scope  `json:"scope"`
	Sender string `json:"sender,omitempty"`
	URL    string `json:"url"`
}

type changeForm struct {
	Action Action `json:"action"`
	Scope  Scope  `json:"scope"`
	Sender string `json:"sender"` // "" for the account
	Old    string `json:"old"`
	New    string `json:"new"`
}

type effectForm struct {
	Sender string `json:"sender"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// actionWritten is the action of a change whose previous value was not read.
const actionWritten Action = "written"

func (t Target) form() targetForm { return targetForm{t.Scope(), t.Address()} }

func (c Callback) form() callbackForm {
	return callbackForm{c.Target.Scope(), c.Target.Address(), c.URL.Whole()}
}

func (c Change) form() changeForm {
	action := c.Action
	if c.Blind {
		action = actionWritten
	}
	return changeForm{action, c.Target.Scope(), c.Target.Address(), c.Old.Whole(), c.New.Whole()}
}

func (e Effect) form() effectForm {
	return effectForm{e.Sender.Address(), e.From.Whole(), e.To.Whole()}
}

// NewTarget returns the target of a scope and a sender address, as the JSON forms
// hold them. The address is "" for the account.
func NewTarget(scope Scope, sender string) (Target, error) {
	switch {
	case scope == ScopeAccount && sender == "":
		return Account(), nil
	case scope == ScopeAccount:
		return Target{}, errors.New("the scope is account, but there is also a sender")
	case scope == ScopeSender:
		return ParseSender(sender)
	}
	return Target{}, errors.New("the scope is neither account nor sender")
}

// MarshalJSON returns {"scope": "account"} or {"scope": "sender", "sender": ADDRESS}.
func (t Target) MarshalJSON() ([]byte, error) { return encode(t.form()) }

// UnmarshalJSON reads what MarshalJSON returns, and ignores other keys.
func (t *Target) UnmarshalJSON(data []byte) (err error) {
	var form targetForm
	if err := json.Unmarshal(data, &form); err != nil {
		return err
	}
	*t, err = NewTarget(form.Scope, form.Sender)
	return err
}

// MarshalJSON returns the target and "url", the whole URL.
func (c Callback) MarshalJSON() ([]byte, error) { return encode(c.form()) }

// UnmarshalJSON reads what MarshalJSON returns. Unknown keys are errors.
func (c *Callback) UnmarshalJSON(data []byte) error {
	var form callbackForm
	if err := decode(data, &form); err != nil {
		return err
	}
	target, err := NewTarget(form.Scope, form.Sender)
	*c = Callback{Target: target, URL: NewURL(form.URL)}
	return err
}

// MarshalJSON returns "action", "scope", "sender", "old" and "new", with whole URLs.
func (c Change) MarshalJSON() ([]byte, error) { return encode(c.form()) }

// UnmarshalJSON reads what MarshalJSON returns. Unknown keys are errors, and so is
// an action that does not fit the URLs.
func (c *Change) UnmarshalJSON(data []byte) error {
	var form changeForm
	if err := decode(data, &form); err != nil {
		return err
	}
	target, err := NewTarget(form.Scope, form.Sender)
	if err != nil {
		return err
	}
	*c = NewChange(target, NewURL(form.Old), NewURL(form.New))
	if form.Old == "" && form.New == "" || c.Action != form.Action {
		return fmt.Errorf("the action %s does not fit its URLs", Quote(string(form.Action)))
	}
	return nil
}

// MarshalJSON returns "sender", "from" and "to", with whole URLs.
func (e Effect) MarshalJSON() ([]byte, error) { return encode(e.form()) }

// encode is json.Marshal without HTML escaping, because URLs often contain &.
func encode(form any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(form)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func decode(data []byte, form any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(form)
}
