package emulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Limits of lists of receivers. The length of a description is in the SDK's
// errors.go. The other limits are chosen, because the SDK names only the error codes.
const (
	maxReceiversName = 50
	maxReceiversDesc = 300
	maxReceivers     = 1000
	maxDetails       = 100_000
	maxDetailRequest = 20_000
)

// maxTemplateData bounds the TemplateData of one recipient, in bytes (the comment of
// ReceiverInputData.TemplateData in the SDK's models.go).
const maxTemplateData = 800

// The states of a list of receivers (ReceiversStatus in the SDK's models.go).
const (
	receiversEmpty    = 1
	receiversUploaded = 3
)

// receivers is a list of recipients for BatchSendEmail.
type receivers struct {
	Name      string   `json:"name"`
	Desc      string   `json:"desc,omitempty"`
	Created   int64    `json:"created"`
	Count     int      `json:"count"`
	Invalid   int      `json:"invalid,omitempty"`   // recipients whose address is not valid: they get no email
	Variables []string `json:"variables,omitempty"` // the variables of the first recipient with data
}

func (l receivers) status() int64 {
	if l.Count == 0 {
		return receiversEmpty
	}
	return receiversUploaded
}

// detail is one recipient of a list.
type detail struct {
	ID      uint64 `json:"id"`
	Email   string `json:"email"`
	Data    string `json:"data,omitempty"` // values of the template's variables, in JSON
	Created int64  `json:"created"`
}

func createReceiver(r *request) *apiError {
	name, desc := strings.TrimSpace(r.in.text("ReceiversName")), r.in.text("Desc")
	switch {
	case name == "" || utf8.RuneCountInString(name) > maxReceiversName:
		return refuse(sesapi.CodeReceiverNameIllegal, "The name of the list must have 1 to %d characters.", maxReceiversName)
	case utf8.RuneCountInString(desc) > maxReceiversDesc:
		return refuse(sesapi.CodeReceiverDescIllegal, "The description of the list must have up to %d characters.", maxReceiversDesc)
	case r.tx.Count(bucketReceivers) >= maxReceivers:
		return refuse(sesapi.CodeExceedReceiverLimit, "There are already %d lists of receivers.", maxReceivers)
	}
	for _, encoded := range r.tx.From(bucketReceivers, "") {
		l, err := state.Decode[receivers](bucketReceivers, encoded)
		if err != nil {
			return internalError(err)
		}
		if l.Name == name {
			return refuse(sesapi.CodeRepeatReceiverName, "There is already a list with the name %s.", quote(name))
		}
	}
	id, err := r.tx.Next(bucketReceivers)
	if err != nil {
		return internalError(err)
	}
	if err := r.put(bucketReceivers, state.Key(id), receivers{Name: name, Desc: desc, Created: r.now().Unix()}); err != nil {
		return err
	}
	return r.answer("ReceiverId", id)
}

// receiverParam loads the list that a request names.
func (r *request) receiverParam() (id uint64, l receivers, refused *apiError) {
	id = uint64(r.in.number("ReceiverId"))
	l, there, err := state.Load[receivers](r.tx, bucketReceivers, state.Key(id))
	switch {
	case err != nil:
		return id, l, internalError(err)
	case !there:
		return id, l, refuse(sesapi.CodeReceiverNotExist, "There is no list of receivers %d.", id)
	}
	return id, l, nil
}

func deleteReceiver(r *request) *apiError {
	id, _, err := r.receiverParam()
	if err != nil {
		return err
	}
	var keys []string
	for key := range r.tx.From(bucketDetails, state.Key(id)) {
		if !strings.HasPrefix(key, state.Key(id)) {
			break
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		if err := r.remove(bucketDetails, key); err != nil {
			return err
		}
	}
	return r.remove(bucketReceivers, state.Key(id))
}

func listReceivers(r *request) *apiError {
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	list, total := []map[string]any{}, int64(0)
	for key, encoded := range r.tx.From(bucketReceivers, "") {
		l, failed := state.Decode[receivers](bucketReceivers, encoded)
		if failed != nil {
			return internalError(failed)
		}
		if !strings.Contains(l.Name, r.in.text("KeyWord")) || r.in.given("Status") && r.in.number("Status") != l.status() {
			continue
		}
		if total >= offset && total-offset < limit {
			list = append(list, map[string]any{"ReceiverId": state.ID(key), "ReceiversName": l.Name, "Count": l.Count, "Desc": l.Desc,
				"ReceiversStatus": l.status(), "CreateTime": stamp(l.Created), "InvalidCount": l.Invalid})
		}
		total++
	}
	return r.answers(fields{"Data": list, "TotalCount": total})
}

func createReceiverDetail(r *request) *apiError {
	var given []detail
	for _, address := range r.in.texts("Emails") {
		given = append(given, detail{Email: address})
	}
	return r.addDetails(given)
}

func createReceiverDetailWithData(r *request) *apiError {
	var given []detail
	for _, element := range r.in.list("Datas") {
		fields, _ := element.(object)
		d := detail{Email: fields.text("Email"), Data: fields.text("TemplateData")}
		values, ok := templateData(d.Data)
		switch {
		case len(d.Data) > maxTemplateData:
			return refuse(sesapi.CodeTemplateDataLength, "The TemplateData of %s has more than %d bytes.", quote(d.Email), maxTemplateData)
		case !ok:
			return refuse(sesapi.CodeTemplateDataError, "The TemplateData of %s is not a JSON object of simple values.", quote(d.Email))
		case strings.ContainsAny(d.Data, "<>"):
			return refuse(sesapi.CodeHTMLTemplateData, "The TemplateData of %s has HTML in it.", quote(d.Email))
		case len(given) > 0 && !slices.Equal(sortedKeys(values), dataKeys(given[0].Data)):
			return refuse(sesapi.CodeTemplateDataDiffers, "The TemplateData of %s does not have the same variables as the first one.", quote(d.Email))
		}
		if _, err := parseRecipient(d.Email); err != nil && d.Email != "" {
			return refuse(sesapi.CodeReceiverEmailInvalid, "The recipient %s is not valid: %v.", quote(d.Email), err)
		}
		given = append(given, d)
	}
	return r.addDetails(given)
}

func sortedKeys[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

func dataKeys(data string) []string {
	var values map[string]any
	_ = json.Unmarshal([]byte(data), &values)
	return sortedKeys(values)
}

// addDetails adds recipients to a list, and counts the recipients that it does not
// add.
func (r *request) addDetails(given []detail) *apiError {
	id, l, err := r.receiverParam()
	switch {
	case err != nil:
		return err
	case len(given) == 0:
		return refuse(sesapi.CodeEmailsNecessary, "There are no recipients to add.")
	case len(given) > maxDetailRequest:
		return refuse(sesapi.CodeReceiverRequestLimit, "One request can have at most %d recipients.", maxDetailRequest)
	case l.Count+len(given) > maxDetails:
		return refuse(sesapi.CodeReceiverCountLimit, "A list can have at most %d recipients.", maxDetails)
	}
	if names := dataKeys(given[0].Data); given[0].Data != "" {
		if l.Count > 0 && !slices.Equal(names, l.Variables) {
			return refuse(sesapi.CodeTemplateDataDiffers, "The list has recipients with other variables.")
		}
		l.Variables = names
	} else if l.Count > 0 && len(l.Variables) > 0 {
		return refuse(sesapi.CodeTemplateDataDiffers, "The list has recipients with variables.")
	}
	counts := fields{"TotalCount": len(given)}
	valid, tooLong, empty, repeated := 0, 0, 0, 0
	for _, d := range given {
		address, invalid := parseRecipient(d.Email)
		if invalid == nil {
			d.Email = address
		}
		key := state.Key(id) + mailKey(d.Email)
		switch {
		case strings.TrimSpace(d.Email) == "":
			empty++
		case len(d.Email) > maxAddress:
			tooLong++
		case r.tx.Get(bucketDetails, key) != nil:
			repeated++
		default:
			valid++
			if invalid != nil {
				l.Invalid++
			}
			number, failed := r.tx.Next(bucketDetails)
			if failed != nil {
				return internalError(failed)
			}
			d.ID, d.Created = number, r.now().Unix()
			if err := r.put(bucketDetails, key, d); err != nil {
				return err
			}
		}
	}
	l.Count += valid
	if err := r.put(bucketReceivers, state.Key(id), l); err != nil {
		return err
	}
	counts["ValidCount"], counts["TooLongCount"], counts["EmptyEmailCount"], counts["RepeatCount"] = valid, tooLong, empty, repeated
	return r.answers(counts)
}

// details returns the recipients of a list, in the order of their addresses.
func details(tx *state.Tx, id uint64) (all []detail, err error) {
	for key, encoded := range tx.From(bucketDetails, state.Key(id)) {
		if !strings.HasPrefix(key, state.Key(id)) {
			break
		}
		d, err := state.Decode[detail](bucketDetails, encoded)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func listReceiverDetails(r *request) *apiError {
	const valid, invalid = 1, 2
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	id, _, err := r.receiverParam()
	if err != nil {
		return err
	}
	from, err := r.moment("CreateTimeBegin", sesapi.CodeInvalidValue, time.Unix(0, 0))
	if err != nil {
		return err
	}
	until, err := r.moment("CreateTimeEnd", sesapi.CodeInvalidValue, r.now())
	if err != nil {
		return err
	}
	all, failed := details(r.tx, id)
	if failed != nil {
		return internalError(failed)
	}
	list, counts, total := []map[string]any{}, map[int64]int{}, int64(0)
	for _, d := range all {
		status, reason := int64(valid), ""
		if _, err := parseRecipient(d.Email); err != nil {
			status, reason = invalid, err.Error()
		}
		counts[status]++
		if !strings.Contains(mailKey(d.Email), mailKey(r.in.text("Email"))) || r.in.given("Status") && r.in.number("Status") != status ||
			d.Created < from.Unix() || d.Created > until.Unix() {
			continue
		}
		if total >= offset && total-offset < limit {
			list = append(list, map[string]any{"Email": d.Email, "CreateTime": stamp(d.Created), "TemplateData": d.Data,
				"Reason": reason, "Status": status, "EmailId": d.ID})
		}
		total++
	}
	return r.answers(fields{"Data": list, "TotalCount": total, "ValidCount": counts[valid], "InvalidCount": counts[invalid]})
}
