package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// request is one call of an action in progress. The action reads and changes the
// account through tx. It appends the fields of its answer to out, each followed by a
// comma.
type request struct {
	*Emulator
	action *action
	in     object
	tx     *state.Tx
	out    []byte
	// after is called after the change is committed, if it is set.
	after func()
	// draft is a value that the action prepares only once, even if its transaction
	// runs again.
	draft any
}

// apiError is an error that the service answers with.
type apiError struct{ code, message string }

func (e *apiError) Error() string { return e.code + ": " + e.message }

func refuse(code, format string, a ...any) *apiError {
	return &apiError{code, fmt.Sprintf(format, a...)}
}

func quote(text string) string { return callback.Quote(text) }

// grave returns text like [quote], but between the grave accents that Tencent's gateway
// writes around a name.
func grave(text string) string {
	quoted := quote(text)
	return "`" + quoted[1:len(quoted)-1] + "`"
}

// transact runs an action in a transaction, and after the commit the function that
// the action set in r.after. A request that is answered with an error changes
// nothing.
func (e *Emulator) transact(r *request) *apiError {
	within := e.state.View
	if r.action.write {
		within = e.state.Update
	}
	begin := len(r.out)
	err := within(func(tx *state.Tx) error {
		r.tx, r.out, r.after = tx, r.out[:begin], nil
		if refused := r.action.run(r); refused != nil {
			return refused
		}
		return nil
	})
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		return refused
	case err != nil && r.action.write:
		return writeError(err)
	case err != nil:
		return internalError(err)
	}
	switch {
	case r.after != nil:
		r.after()
	case r.action.write:
		e.rows.NoteAccount()
	}
	return nil
}

// answer appends a field to the answer, in JSON.
func (r *request) answer(name string, value any) *apiError {
	encoded, err := json.Marshal(value)
	if err != nil {
		return internalError(err)
	}
	r.out = append(append(append(append(r.out, '"'), name...), `":`...), encoded...)
	r.out = append(r.out, ',')
	return nil
}

// fields has the fields of an answer by name.
type fields map[string]any

// answers appends several fields to the answer, in the order of their names.
func (r *request) answers(all fields) *apiError {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := r.answer(name, all[name]); err != nil {
			return err
		}
	}
	return nil
}

// put stores a value as JSON.
func (r *request) put(bucket, key string, value any) *apiError {
	if err := state.Save(r.tx, bucket, key, value); err != nil {
		return internalError(err)
	}
	return nil
}

// remove deletes a key.
func (r *request) remove(bucket, key string) *apiError {
	if err := r.tx.Delete(bucket, key); err != nil {
		return internalError(err)
	}
	return nil
}

// target reads a sender address from a parameter. An address that is not valid is
// refused with code.
func (r *request) target(name, code string) (callback.Target, *apiError) {
	t, err := callback.ParseSender(r.in.text(name))
	if err != nil {
		return t, refuse(code, "The email address is not valid: %v.", err)
	}
	return t, nil
}

func noSuchSender(t callback.Target) *apiError {
	return refuse(sesapi.CodeNoSuchSender, "The account has no sender address %s.", t)
}
