package emulator

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// The types and the states of a task (TaskType and TaskStatus in the SDK's
// models.go).
const (
	taskNow   = 1
	taskTimed = 2
	taskCycle = 3

	taskWaits = 1
	taskSends = 5
	taskDone  = 10
)

// maxTaskSubject is the longest subject, in characters (SubjectLengthError in the
// SDK's errors.go).
const maxTaskSubject = 100

// task is the stored form of a call of BatchSendEmail.
type task struct {
	Sender     string    `json:"sender"`
	Receiver   uint64    `json:"receiver"`
	Type       int64     `json:"type"`
	Status     int       `json:"status"`
	Request    int       `json:"request"`
	Sent       int       `json:"sent"`
	Created    int64     `json:"created"`
	Updated    int64     `json:"updated"`
	Subject    string    `json:"subject"`
	TemplateID int64     `json:"template"`
	ReplyTo    string    `json:"reply_to,omitempty"`
	Data       string    `json:"data,omitempty"`
	Begin      time.Time `json:"begin,omitzero"`
	Hours      int64     `json:"hours,omitempty"` // from one run of a cycle to the next
	Error      string    `json:"error,omitempty"`
}

func batchSendEmail(r *request) *apiError {
	t := task{Subject: r.in.text("Subject"), ReplyTo: r.in.text("ReplyToAddresses"), Type: r.in.number("TaskType"), Status: taskWaits, Created: r.now().Unix(), Updated: r.now().Unix()}
	if n := utf8.RuneCountInString(t.Subject); n < 1 || n > maxTaskSubject {
		return refuse(sesapi.CodeSubjectLength, "The subject must have 1 to %d characters.", maxTaskSubject)
	}
	if len(t.ReplyTo) > maxReplyTo {
		return tooLongReplyTo()
	}
	sender, failed := parseFrom(r.in.text("FromEmailAddress"))
	if failed != nil || r.tx.Get(bucketSenders, sender.Address()) == nil {
		return refuse(sesapi.CodeSendAddressStatus, "The account has no sender address %s.", quote(r.in.text("FromEmailAddress")))
	}
	t.Sender = sender.Address()
	if verified, err := r.verified(r.tx, sender.Domain()); err != nil || !verified {
		return refuse(sesapi.CodeSendAddressStatus, "The domain %s is not verified.", sender.Domain())
	}
	if err := checkLanguage(r.in.text("Unsubscribe"), "Unsubscribe", lastEmailLanguage); err != nil {
		return err
	}
	id, l, err := r.receiverParam()
	switch {
	case err != nil:
		return err
	case l.Count <= l.Invalid:
		return refuse(sesapi.CodeReceiverStatus, "The list of receivers %d has no valid address.", id)
	}
	t.Receiver = id
	if err := r.taskContent(&t, l); err != nil {
		return err
	}
	if err := r.taskTime(&t); err != nil {
		return err
	}
	return r.startTask(t)
}

// taskContent checks the content of a task. Each variable of its template has a value,
// from the task or from every recipient.
func (r *request) taskContent(t *task, l receivers) *apiError {
	given, simple := r.in.object("Template"), r.in.object("Simple")
	switch {
	case len(r.in.list("Attachments")) > 0: // the comment of Attachments in the SDK's models.go
		return refuse(sesapi.CodeUnsupportedOperation, "BatchSendEmail does not support attachments yet.")
	case simple != nil && !r.simple:
		return refuse(sesapi.CodeContentWrong, "The account may send emails with a template only (emulator serve --allow-simple takes Simple).")
	case !isBase64(simple.text("Html")) || !isBase64(simple.text("Text")):
		return refuse(sesapi.CodeContentWrong, "The content of Simple is not base64.")
	case given == nil && isEmpty(simple):
		return refuse(sesapi.CodeSendParamNecessary, "The request has neither a Template nor a Simple with content.")
	case given == nil:
		return nil
	}
	t.TemplateID, t.Data = given.number("TemplateID"), given.text("TemplateData")
	values, ok := templateData(t.Data)
	switch {
	case t.TemplateID <= 0:
		return refuse(sesapi.CodeTemplateStatus, "The TemplateID must be more than zero.")
	case !ok:
		return refuse(sesapi.CodeTemplateDataError, "The TemplateData is not a JSON object of simple values.")
	}
	if utf8.RuneCountInString(fill(t.Subject, values)) > maxSubject {
		return refuse(sesapi.CodeSubjectLength, "The subject has more than %d characters with the values of its variables.", maxSubject)
	}
	found, err := r.findTemplate(uint64(t.TemplateID), sesapi.CodeTemplateStatus)
	if err != nil {
		return err
	}
	for _, name := range l.Variables {
		values[name] = ""
	}
	if missing := found.missing(values); len(missing) > 0 {
		return refuse(sesapi.CodeTemplateNotMatch, "The variable %s of the template has no value.", quote(missing[0]))
	}
	return nil
}

// taskTime checks when a task begins.
func (r *request) taskTime(t *task) *apiError {
	t.Begin = r.now()
	var begin string
	switch t.Type {
	case taskNow:
		return nil
	case taskTimed:
		if r.in.object("TimedParam") == nil {
			return refuse(sesapi.CodeTimedParamNecessary, "A timed task needs a TimedParam.")
		}
		begin = r.in.object("TimedParam").text("BeginTime")
	case taskCycle:
		cycle := r.in.object("CycleParam")
		if cycle == nil {
			return refuse(sesapi.CodeCycleParamNecessary, "A cycle needs a CycleParam.")
		}
		begin, t.Hours = cycle.text("BeginTime"), cycle.number("IntervalTime")
		if t.Hours < 1 || t.Hours > 24*365 {
			return refuse(sesapi.CodeInvalidValue, "The IntervalTime must be from 1 hour to a year.")
		}
	default:
		return refuse(sesapi.CodeInvalidValue, "The TaskType must be 1, 2 or 3.")
	}
	at, err := time.ParseInLocation(time.DateTime, begin, china())
	switch {
	case err != nil:
		return refuse(sesapi.CodeInvalidValue, "The BeginTime is not of the form YYYY-MM-DD HH:MM:SS.")
	case at.Before(r.now().Truncate(time.Second)):
		return refuse(sesapi.CodeBeginTimeBeforeNow, "The BeginTime is in the past.")
	}
	t.Begin = at
	return nil
}

func (r *request) startTask(t task) *apiError {
	id, err := r.tx.Next(bucketTasks)
	if err != nil {
		return internalError(err)
	}
	all, refused := r.run(r.tx, id, &t)
	if refused != nil {
		return refused
	}
	if err := r.put(bucketTasks, state.Key(id), t); err != nil {
		return err
	}
	r.after = func() {
		if r.Resume() == nil {
			r.enqueueAll(all)
		}
	}
	return r.answer("TaskId", id)
}

func listSendTasks(r *request) *apiError {
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	list, total := []map[string]any{}, int64(0)
	for key, encoded := range r.tx.From(bucketTasks, "") {
		t, failed := state.Decode[task](bucketTasks, encoded)
		if failed != nil {
			return internalError(failed)
		}
		wanted := map[string]int64{"Status": int64(t.Status), "ReceiverId": int64(t.Receiver), "TaskType": t.Type}
		if slices.ContainsFunc([]string{"Status", "ReceiverId", "TaskType"}, func(name string) bool {
			return r.in.given(name) && r.in.number(name) != wanted[name]
		}) {
			continue
		}
		if total >= offset && total-offset < limit {
			l, _, failed := state.Load[receivers](r.tx, bucketReceivers, state.Key(t.Receiver))
			if failed != nil {
				return internalError(failed)
			}
			list = append(list, t.answer(state.ID(key), l.Name))
		}
		total++
	}
	return r.answers(fields{"Data": list, "TotalCount": total})
}

func (t task) answer(id uint64, name string) map[string]any {
	out := map[string]any{"TaskId": id, "FromEmailAddress": t.Sender, "ReceiverId": t.Receiver, "TaskStatus": t.Status, "TaskType": t.Type,
		"RequestCount": t.Request, "SendCount": t.Sent, "CacheCount": 0, "CreateTime": stamp(t.Created), "UpdateTime": stamp(t.Updated),
		"Subject": t.Subject, "Template": map[string]any{"TemplateID": t.TemplateID, "TemplateData": t.Data},
		"CycleParam": nil, "TimedParam": nil, "ErrMsg": t.Error, "ReceiversName": name}
	begin := t.Begin.In(china()).Format(time.DateTime)
	switch t.Type {
	case taskTimed:
		out["TimedParam"] = map[string]any{"BeginTime": begin}
	case taskCycle:
		out["CycleParam"] = map[string]any{"BeginTime": begin, "IntervalTime": t.Hours, "TermCycle": 0}
	}
	return out
}
