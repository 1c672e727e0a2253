package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Fault is one kind of deliberate error. [ParseFault] makes one.
type Fault struct {
	kind   faultKind
	share  float64       // of the requests, messages or events; 1 is all of them
	code   string        // of codeAnswer
	delay  time.Duration // of delayAnswer and delayDelivery
	action string        // "" for every action
	spec   string        // the text that ParseFault read
}

type faultKind int

const (
	noFault faultKind = iota

	// Faults of requests.
	throttle
	serverError
	codeAnswer
	delayAnswer
	drop // one of the next two, at random
	dropBefore
	dropAfter

	// Faults of deliveries.
	duplicate
	disorder
	delayDelivery
)

// ofDeliveries reports whether a fault affects deliveries. The others affect requests,
// so they can be limited to one action.
func (k faultKind) ofDeliveries() bool { return k >= duplicate }

// FaultInfo describes a kind of fault.
type FaultInfo struct {
	Spec    string // such as throttle[=SHARE]
	Summary string

	kind  faultKind
	value faultValue
}

type faultValue int

const (
	noValue faultValue = iota
	shareValue
	durationValue
	codeValue
)

func (f FaultInfo) name() string {
	name, _, _ := strings.Cut(f.Spec, "=")
	return strings.TrimSuffix(name, "[")
}

// Faults returns the kinds of faults: first the faults of requests, then the faults
// of deliveries.
func Faults() []FaultInfo {
	return []FaultInfo{
		{"throttle[=SHARE]", "answer RequestLimitExceeded", throttle, shareValue},
		{"5xx[=SHARE]", "answer with the HTTP status 503", serverError, shareValue},
		{"delay=DURATION", "wait before the request is handled", delayAnswer, durationValue},
		{"drop-before[=SHARE]", "close the connection without doing anything", dropBefore, shareValue},
		{"drop-after[=SHARE]", "do what was asked, and close the connection", dropAfter, shareValue},
		{"drop[=SHARE]", "either of the two, at random", drop, shareValue},
		{"error=CODE[,share=SHARE]", "answer with an error code that SES publishes", codeAnswer, codeValue},
		{"duplicate[=SHARE]", "deliver an event twice", duplicate, shareValue},
		{"disorder[=SHARE]", "deliver the events of a message last to first", disorder, shareValue},
		{"delivery-delay=DURATION", "wait before the events of a message are delivered", delayDelivery, durationValue},
	}
}

// ParseFault reads NAME[=VALUE][,action=NAME][,share=SHARE]. A share is a number over
// 0 and up to 1, or a percentage; the default is 1. Without an action a fault of
// requests affects every action. The error has the kind usage, and lists the valid
// choices.
func ParseFault(spec string) (Fault, error) {
	f, err := parseFault(spec)
	if err != nil {
		return Fault{}, failure.New(failure.Usage, "fault %s: %w", quote(spec), err)
	}
	return f, nil
}

func parseFault(spec string) (Fault, error) {
	parts := strings.Split(spec, ",")
	name, value, given := strings.Cut(strings.TrimSpace(parts[0]), "=")
	kinds := Faults()
	i := slices.IndexFunc(kinds, func(k FaultInfo) bool { return k.name() == name })
	if i < 0 {
		specs := make([]string, len(kinds))
		for i, k := range kinds {
			specs[i] = k.Spec
		}
		return Fault{}, fmt.Errorf("unknown fault; the faults are %s", strings.Join(specs, ", "))
	}
	f := Fault{kind: kinds[i].kind, share: 1, spec: spec}
	shared := kinds[i].value == shareValue || kinds[i].value == noValue
	err := f.setValue(kinds[i].value, value, given)
	if err != nil {
		return Fault{}, err
	}
	for _, part := range parts[1:] {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case key == "share" && !f.kind.ofDeliveries() && !shared:
			shared = true
			if f.share, err = parseShare(value); err != nil {
				return Fault{}, err
			}
		case key != "action" || value == "":
			return Fault{}, fmt.Errorf("after the comma only action=NAME%s is allowed", map[bool]string{false: " or share=SHARE"}[shared])
		case f.kind.ofDeliveries():
			return Fault{}, fmt.Errorf("%s affects deliveries, which have no action", name)
		case f.action != "":
			return Fault{}, fmt.Errorf("it has two actions; write the fault twice")
		default:
			f.action = value
		}
	}
	return f, nil
}

// setValue reads the value after the equals sign.
func (f *Fault) setValue(kind faultValue, value string, given bool) (err error) {
	switch kind {
	case shareValue:
		if given {
			f.share, err = parseShare(value)
		}
	case durationValue:
		f.delay, err = time.ParseDuration(value)
		if err != nil || f.delay <= 0 {
			err = fmt.Errorf("it needs a duration such as 2s")
		}
	case codeValue:
		f.code = value
		if !slices.Contains(sesapi.Codes(), value) {
			err = fmt.Errorf("%s is not an error code that SES publishes, such as FailedOperation.FrequencyLimit", quote(value))
		}
	}
	return err
}

// String returns the fault in the form that [ParseFault] reads.
func (f Fault) String() string { return f.spec }

func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	if err != nil || !(share > 0 && share <= 1) {
		return 0, fmt.Errorf("the share %s is neither a number over 0 and up to 1 nor a percentage", quote(text))
	}
	return share, nil
}
