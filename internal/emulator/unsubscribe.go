package emulator

import (
	"strconv"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// lastLanguage is the last choice of an unsubscribe link: 0 is none, and ten
// languages follow (the comment of UnsubscribeConfig in the SDK's models.go). The
// parameter Unsubscribe has two more languages.
const (
	lastLanguage      = 10
	lastEmailLanguage = 12
)

// unsubscribeConfig is the unsubscribe link of a sender address.
type unsubscribeConfig struct {
	Config string `json:"config"`
	Status int64  `json:"status"`
}

// unsubscribedKey is the key of a recipient who has unsubscribed from the emails of a
// domain (1013 in the comment of SendStatus in the SDK's models.go).
func unsubscribedKey(sender, recipient string) string {
	return domainOf(sender) + "\x00" + mailKey(recipient)
}

// checkLanguage checks the choice of an unsubscribe link.
func checkLanguage(text, name string, last int) *apiError {
	if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 0 || n > last) {
		return refuse(sesapi.CodeInvalidValue, "The parameter `%s` must be from 0 to %d.", name, last)
	}
	return nil
}

func createAddressUnsubscribeConfig(r *request) *apiError {
	return r.writeConfig(func(t callback.Target, there bool) *apiError {
		if there {
			return refuse(sesapi.CodeInvalidValue, "The sender address %s already has an unsubscribe configuration.", t)
		}
		return nil
	})
}

func updateAddressUnsubscribeConfig(r *request) *apiError {
	return r.writeConfig(func(t callback.Target, there bool) *apiError {
		if !there {
			return noConfig(t)
		}
		return nil
	})
}

func noConfig(t callback.Target) *apiError {
	return refuse(sesapi.CodeResourceNotFound, "The sender address %s has no unsubscribe configuration.", t)
}

func (r *request) writeConfig(allowed func(t callback.Target, there bool) *apiError) *apiError {
	t, err := r.target("Address", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	config := r.in.text("UnsubscribeConfig")
	if config == "" {
		return refuse(sesapi.CodeInvalidValue, "The UnsubscribeConfig is empty.")
	}
	if err := checkLanguage(config, "UnsubscribeConfig", lastLanguage); err != nil {
		return err
	}
	if r.tx.Get(bucketSenders, t.Address()) == nil {
		return refuse(sesapi.CodeInvalidValue, "The account has no sender address %s.", t)
	}
	if err := allowed(t, r.tx.Get(bucketConfigs, t.Address()) != nil); err != nil {
		return err
	}
	return r.put(bucketConfigs, t.Address(), unsubscribeConfig{config, r.in.number("Status")})
}

func deleteAddressUnsubscribeConfig(r *request) *apiError {
	t, err := r.target("Address", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	if r.tx.Get(bucketConfigs, t.Address()) == nil {
		return noConfig(t)
	}
	return r.remove(bucketConfigs, t.Address())
}

func listAddressUnsubscribeConfig(r *request) *apiError {
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	list := []map[string]any{}
	for address, encoded := range part(r.tx.From(bucketConfigs, ""), offset, limit) {
		c, failed := state.Decode[unsubscribeConfig](bucketConfigs, encoded)
		if failed != nil {
			return internalError(failed)
		}
		list = append(list, map[string]any{"Address": address, "UnsubscribeConfig": c.Config, "Status": c.Status})
	}
	return r.answers(fields{"AddressUnsubscribeConfigList": list, "Total": r.tx.Count(bucketConfigs)})
}
