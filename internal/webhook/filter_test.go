package webhook

import (
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/event"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	e, err := event.Sample(event.Bounce, event.WithRecipient("Ann@Example.com"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		expressions []string
		want        bool
	}{
		{nil, true},
		{[]string{"event=bounce"}, true},
		{[]string{"event==bounce"}, true},
		{[]string{" event = bounce "}, true},
		{[]string{"event=open"}, false},
		{[]string{"event=open|bounce"}, true},
		{[]string{"event!=open"}, true},
		{[]string{"event!=open|bounce"}, false},
		{[]string{"event=bounce,bounceType=hard"}, true},
		{[]string{"event=bounce,bounceType=soft_bounce"}, false},
		{[]string{"event=bounce", "bounceType!=hard_bounce"}, false},
		{[]string{"email=ann@example.COM"}, true},
		{[]string{"templateId=123456"}, true},
		{[]string{"bulkid=qcloudses-30-251200670-date-20220601142439-8jolHvR2XcXC1"}, true},
		{[]string{"link="}, true},
		{[]string{"link!="}, false},
		{[]string{"reason=551 5.1.1 recipient is not exist"}, true},
		{[]string{"x-tencentcloudses-cb-custom=ses callback"}, true},
		{[]string{"X-Tencentcloudses-Cb-Other=x"}, false},
	}
	for _, test := range tests {
		filter, err := ParseFilter(test.expressions...)
		if err != nil {
			t.Errorf("%q: %v", test.expressions, err)
			continue
		}
		if filter.Match(e) != test.want {
			t.Errorf("%q: %v", test.expressions, !test.want)
		}
	}
}

func TestParseFilterErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":               `the filter "" is not FIELD=VALUE or FIELD!=VALUE`,
		"bounce":         `the filter "bounce" is not FIELD=VALUE or FIELD!=VALUE`,
		"event=open,":    `the filter "" is not FIELD=VALUE or FIELD!=VALUE`,
		"=bounce":        `the filter "=bounce" names a field that events do not have`,
		"type=bounce":    `the filter "type=bounce" names a field that events do not have`,
		"X-Other-Cb-A=1": `the filter "X-Other-Cb-A=1" names a field that events do not have`,
	} {
		_, err := ParseFilter(text)
		if err == nil || err.Error() != want || failure.KindOf(err) != failure.Usage {
			t.Errorf("%q: %v", text, err)
		}
	}
}
