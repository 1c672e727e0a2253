package emulator

import (
	"fmt"
	"strconv"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func getAccountURL(fields []field) func(*Emulator, []byte, args) ([]byte, *apiError) {
	return func(e *Emulator, b []byte, _ args) ([]byte, *apiError) {
		e.account.mu.RLock()
		defer e.account.mu.RUnlock()
		return appendFields(b, fields, func(b []byte, _ string) []byte { return appendText(b, e.account.url) }), nil
	}
}

func setAccountURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	if err := e.checkURL(in[argAccountURL].text); err != nil {
		return b, err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	return b, e.change(change{kind: putAccountURL, url: in[argAccountURL].text})
}

func clearAccountURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	if in[argAccountURL].text != "" {
		return b, &apiError{sesapi.CodeInvalidValue, "The URL must be empty where a callback is removed."}
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	return b, e.change(change{kind: putAccountURL})
}

// putAccount sets the account's callback, or removes it where the URL is empty.
func putAccount(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	if in[argAccountURL].text == "" {
		return clearAccountURL(e, b, in)
	}
	return setAccountURL(e, b, in)
}

// listURLs answers a page of the callbacks of senders, by address; all of them
// where requests carry no limit.
func listURLs(top, item []field, paged bool) func(*Emulator, []byte, args) ([]byte, *apiError) {
	return func(e *Emulator, b []byte, in args) ([]byte, *apiError) {
		offset, limit, err := page(in)
		if err != nil {
			return b, err
		}
		a := &e.account
		a.mu.RLock()
		defer a.mu.RUnlock()
		if !paged {
			limit = int64(len(a.urlOrder))
		}
		value := func(b []byte, address, key string) []byte {
			if key == sesapi.KeyAddress {
				return appendText(b, address)
			}
			return appendText(b, a.urls[address])
		}
		return appendFields(b, top, func(b []byte, key string) []byte {
			if key == sesapi.KeyTotal {
				return strconv.AppendInt(b, int64(len(a.urlOrder)), 10)
			}
			return appendItems(b, item, a.urlOrder.page(offset, limit), value)
		}), nil
	}
}

// The three ways to write a sender's callback differ in what must be there
// before.
func createURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	return b, e.putURL(in, func(t callback.Target, there bool) *apiError {
		if there {
			return &apiError{sesapi.CodeRepeatCreation, fmt.Sprintf("The sender address %s has a callback already.", t)}
		}
		return nil
	})
}

func changeURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	return b, e.putURL(in, func(t callback.Target, there bool) *apiError {
		if !there {
			return noCallback(t)
		}
		return nil
	})
}

func putSenderURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	return b, e.putURL(in, func(callback.Target, bool) *apiError { return nil })
}

func (e *Emulator) putURL(in args, allowed func(t callback.Target, there bool) *apiError) *apiError {
	t, err := parseSender(in[argAddress].text)
	if err != nil {
		return err
	}
	if err := e.checkURL(in[argURL].text); err != nil {
		return err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.known(t); err != nil {
		return err
	}
	_, there := e.account.urls[t.Address()]
	if err := allowed(t, there); err != nil {
		return err
	}
	return e.change(change{kind: putURL, address: t.Address(), url: in[argURL].text})
}

func removeURL(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	t, err := parseSender(in[argAddress].text)
	if err != nil {
		return b, err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.known(t); err != nil {
		return b, err
	}
	if _, there := e.account.urls[t.Address()]; !there {
		return b, noCallback(t)
	}
	return b, e.change(change{kind: deleteURL, address: t.Address()})
}

func noCallback(t callback.Target) *apiError {
	return &apiError{sesapi.CodeResourceNotFound, fmt.Sprintf("The sender address %s has no callback.", t)}
}

func (e *Emulator) checkURL(url string) *apiError {
	for _, p := range callback.CheckURL(url, e.policy) {
		if p.Severity == callback.SeverityError {
			return &apiError{sesapi.CodeIllegalURL, "The URL is not valid: " + p.Message + "."}
		}
	}
	return nil
}
