package emulator

import (
	"strconv"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func getAccountURL(fields []field) func(*request) *apiError {
	return func(r *request) *apiError {
		url := string(r.tx.Get(state.BucketMeta, keyAccountURL))
		r.out = appendFields(r.out, fields, func(b []byte, _ string) []byte { return appendText(b, url) })
		return nil
	}
}

func setAccountURL(r *request) *apiError {
	url := r.in.text(sesapi.KeyURL)
	if err := r.checkURL(url); err != nil {
		return err
	}
	return r.storeAccountURL(url)
}

func clearAccountURL(r *request) *apiError {
	if r.in.text(sesapi.KeyURL) != "" {
		return refuse(sesapi.CodeInvalidValue, "The URL must be empty when a callback is removed.")
	}
	return r.storeAccountURL("")
}

// putAccountURL sets the account's callback, or removes it if the URL is empty.
func putAccountURL(r *request) *apiError {
	if r.in.text(sesapi.KeyURL) == "" {
		return clearAccountURL(r)
	}
	return setAccountURL(r)
}

func (r *request) storeAccountURL(url string) *apiError {
	if err := r.tx.Put(state.BucketMeta, keyAccountURL, []byte(url)); err != nil {
		return internalError(err)
	}
	return nil
}

// listURLs answers with a page of the callbacks of senders, in the order of their
// addresses. If the action has no paging, it answers with all of them.
func listURLs(top, item []field, paged bool) func(*request) *apiError {
	return func(r *request) *apiError {
		offset, limit, err := page(r.in, sesapi.KeyOffset, sesapi.KeyLimit, sesapi.CodeInvalidValue)
		if err != nil {
			return err
		}
		total := r.tx.Count(bucketURLs)
		if !paged {
			limit = int64(total)
		}
		r.out = appendFields(r.out, top, func(b []byte, key string) []byte {
			if key == sesapi.KeyTotal {
				return strconv.AppendInt(b, int64(total), 10)
			}
			b = append(b, '[')
			for address, url := range part(r.tx.From(bucketURLs, ""), offset, limit) {
				b = append(endList(appendFields(append(b, '{'), item, func(b []byte, key string) []byte {
					if key == sesapi.KeyAddress {
						return appendText(b, address)
					}
					return appendText(b, string(url))
				}), '}'), ',')
			}
			return endList(b, ']')
		})
		return nil
	}
}

// The three ways to write a sender's callback differ in whether it must already
// exist.
func createURL(r *request) *apiError {
	return r.storeURL(func(t callback.Target, there bool) *apiError {
		if there {
			return refuse(sesapi.CodeRepeatCreation, "The sender address %s already has a callback.", t)
		}
		return nil
	})
}

func changeURL(r *request) *apiError {
	return r.storeURL(func(t callback.Target, there bool) *apiError {
		if !there {
			return noCallback(t)
		}
		return nil
	})
}

func putURL(r *request) *apiError {
	return r.storeURL(func(callback.Target, bool) *apiError { return nil })
}

func (r *request) storeURL(allowed func(t callback.Target, there bool) *apiError) *apiError {
	t, err := r.target(sesapi.KeyAddress, sesapi.CodeIllegalEmailAddress)
	if err != nil {
		return err
	}
	url := r.in.text(sesapi.KeyURL)
	if err := r.checkURL(url); err != nil {
		return err
	}
	if err := known(r.tx, t); err != nil {
		return err
	}
	if err := allowed(t, r.tx.Get(bucketURLs, t.Address()) != nil); err != nil {
		return err
	}
	if err := r.tx.Put(bucketURLs, t.Address(), []byte(url)); err != nil {
		return internalError(err)
	}
	return nil
}

func deleteURL(r *request) *apiError {
	t, err := r.target(sesapi.KeyAddress, sesapi.CodeIllegalEmailAddress)
	if err != nil {
		return err
	}
	if err := known(r.tx, t); err != nil {
		return err
	}
	if r.tx.Get(bucketURLs, t.Address()) == nil {
		return noCallback(t)
	}
	return r.remove(bucketURLs, t.Address())
}

func noCallback(t callback.Target) *apiError {
	return refuse(sesapi.CodeResourceNotFound, "The sender address %s has no callback.", t)
}

// checkURL refuses a URL that breaks a rule. It is not documented whether SES accepts
// a URL that is not percent-encoded. The emulator accepts it, so that programs can be
// tested with such an account.
func (e *Emulator) checkURL(url string) *apiError {
	for _, p := range callback.CheckURL(callback.EncodeURL(url), e.policy) {
		if p.Severity == callback.SeverityError {
			return refuse(sesapi.CodeIllegalURL, "The URL is not valid: %s.", p.Message)
		}
	}
	return nil
}
