package capture

import (
	"encoding/json"
	"strings"
)

// auditEvent is the text CloudAuditEvent of an event of CloudAudit (product
// cloudaudit, version 2019-03-19, action DescribeEvents). It also contains keys,
// tokens, account numbers and network addresses, which are not read.
type auditEvent struct {
	EventName         string          `json:"eventName"`
	EventSource       string          `json:"eventSource"`
	ActionType        string          `json:"actionType"`
	ErrorCode         json.RawMessage `json:"errorCode"`
	APIErrorCode      string          `json:"apiErrorCode"`
	ResourceType      string          `json:"resourceType"`
	RequestParameters json.RawMessage `json:"requestParameters"`
	ResponseElements  json.RawMessage `json:"responseElements"`
}

// AddAudit adds an event of CloudAudit. It returns false if the text is not an event.
// Events of other products are only counted. An action for which known returns true
// belongs to SES, whatever product the event names.
func (c *Capture) AddAudit(text string, known func(action string) bool) bool {
	var e auditEvent
	if json.Unmarshal([]byte(text), &e) != nil || plainName(e.EventName) == "" {
		return false
	}
	service, _, _ := strings.Cut(e.EventSource, ".")
	service = plainName(strings.ToLower(firstOf(service, e.ResourceType)))
	if service != product && !strings.EqualFold(e.ResourceType, product) && !known(e.EventName) {
		c.count(&c.Products, service, 1)
		return true
	}
	c.count(&c.Products, product, 1)
	call := Call{Action: e.EventName, Params: withoutCommon(decodeObject(e.RequestParameters)), Write: e.ActionType == "Write"}
	if response := decodeObject(e.ResponseElements); response != nil {
		if inner, wrapped := response["Response"]; wrapped {
			response = decodeObject(inner)
		}
		if raw, failed := response["Error"]; failed {
			call.ErrorCode = errorCode(raw)
		} else {
			call.Answer = withoutCommon(response)
		}
	}
	if code := firstOf(e.APIErrorCode, scalar(e.ErrorCode)); code != "" && code != "0" && call.ErrorCode == "" {
		call.ErrorCode, call.Answer = firstOf(plainName(code), "unknown"), nil
	}
	c.Calls = append(c.Calls, call)
	return true
}
