package catalog

// unfinished are the files that are still being translated. A text may be missing
// in them. Nothing may be added to this list.
func unfinished() []string {
	return []string{
		"account.txt",
		"callback.txt",
		"capture.txt",
		"catalog.txt",
		"config.txt",
		"emulator.txt",
		"event.txt",
		"failure.txt",
		"files.txt",
		"journal.txt",
		"loan.txt",
		"manifest.txt",
		"network.txt",
		"output.txt",
		"planfile.txt",
		"relay.txt",
		"relaycli.txt",
		"report.txt",
		"ses.txt",
		"sesapi.txt",
		"webhook.txt",
		"yamltext.txt",
	}
}
