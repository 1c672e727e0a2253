package sesapi

// candidates are names that a read may have, the likely ones first: the verbs and
// nouns of the published actions of SES, of the actions on callbacks that Tencent
// names, and of the page of callback addresses in the console. All are guesses.
var candidates = map[Operation][]string{
	ListSenders: {"ListEmailAddress"},
	GetAccountCallback: {
		"GetWebhookUrl", "DescribeWebhookUrl", "ListWebhookUrl", "GetWebhook", "DescribeWebhook", "QueryWebhookUrl",
		"GetAccountTrackUrl", "GetTrackUrl", "DescribeTrackUrl", "GetCallbackUrl", "DescribeCallbackUrl", "GetEventUrl",
		"GetWebhookDomain", "ListWebhookDomain",
	},
	ListSenderCallbacks: {
		"ListAddressTrackUrl", "ListAddressTrackUrls", "DescribeAddressTrackUrl", "DescribeAddressTrackUrls",
		"GetAddressTrackUrl", "QueryAddressTrackUrl", "ListAddressWebhookUrl", "DescribeAddressWebhookUrl",
		"ListTrackUrl", "ListTrackUrls", "ListEmailAddressTrackUrl", "ListAddressCallbackUrl", "DescribeAddressCallbackUrl",
	},
}

// Reads are the operations that only read, in the order of the table.
func Reads() []Operation { return []Operation{ListSenders, GetAccountCallback, ListSenderCallbacks} }

// Candidates returns names that a read may have, the likely ones first. It returns
// none for an operation that writes.
func Candidates(op Operation) []string { return append([]string{}, candidates[op]...) }
