package sesapi

// Reads are the operations that only read, in the order of the table.
func Reads() []Operation { return []Operation{ListSenders, GetAccountCallback, ListSenderCallbacks} }

// Candidates returns names that a read may have, the likely ones first; none for an
// operation that writes. They are made of the verbs and nouns of the published actions
// of SES, of the actions on callbacks that Tencent names, and of the page of callback
// addresses in the console. All are guesses.
func Candidates(op Operation) []string {
	switch op {
	case ListSenders:
		return []string{"ListEmailAddress"}
	case GetAccountCallback:
		return []string{
			"GetWebhookUrl", "DescribeWebhookUrl", "ListWebhookUrl", "GetWebhook", "DescribeWebhook", "QueryWebhookUrl",
			"GetAccountTrackUrl", "GetTrackUrl", "DescribeTrackUrl", "GetCallbackUrl", "DescribeCallbackUrl", "GetEventUrl",
			"GetWebhookDomain", "ListWebhookDomain",
		}
	case ListSenderCallbacks:
		return []string{
			"ListAddressTrackUrl", "ListAddressTrackUrls", "DescribeAddressTrackUrl", "DescribeAddressTrackUrls",
			"GetAddressTrackUrl", "QueryAddressTrackUrl", "ListAddressWebhookUrl", "DescribeAddressWebhookUrl",
			"ListTrackUrl", "ListTrackUrls", "ListEmailAddressTrackUrl", "ListAddressCallbackUrl", "DescribeAddressCallbackUrl",
		}
	}
	return nil
}
