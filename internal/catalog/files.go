package catalog

import _ "embed" // for the files of the catalogue

// The files of Simplified Chinese. Each is a string of its own, because that is the
// only embedded form that is searched without a copy.
var (
	//go:embed zh-CN/cli.txt
	chineseCli string
	//go:embed zh-CN/account.txt
	chineseAccount string
	//go:embed zh-CN/callback.txt
	chineseCallback string
	//go:embed zh-CN/capture.txt
	chineseCapture string
	//go:embed zh-CN/catalog.txt
	chineseCatalog string
	//go:embed zh-CN/config.txt
	chineseConfig string
	//go:embed zh-CN/emulator.txt
	chineseEmulator string
	//go:embed zh-CN/event.txt
	chineseEvent string
	//go:embed zh-CN/failure.txt
	chineseFailure string
	//go:embed zh-CN/files.txt
	chineseFiles string
	//go:embed zh-CN/journal.txt
	chineseJournal string
	//go:embed zh-CN/libraries.txt
	chineseLibraries string
	//go:embed zh-CN/loan.txt
	chineseLoan string
	//go:embed zh-CN/manifest.txt
	chineseManifest string
	//go:embed zh-CN/network.txt
	chineseNetwork string
	//go:embed zh-CN/output.txt
	chineseOutput string
	//go:embed zh-CN/planfile.txt
	chinesePlanfile string
	//go:embed zh-CN/relay.txt
	chineseRelay string
	//go:embed zh-CN/relaycli.txt
	chineseRelaycli string
	//go:embed zh-CN/report.txt
	chineseReport string
	//go:embed zh-CN/ses.txt
	chineseSes string
	//go:embed zh-CN/sesapi.txt
	chineseSesapi string
	//go:embed zh-CN/webhook.txt
	chineseWebhook string
	//go:embed zh-CN/yamltext.txt
	chineseYamltext string
	//go:embed zh-CN/words.txt
	chineseWords string
)

// chinese returns the texts in Simplified Chinese. The file of the command line is
// first, because most texts are in it.
func chinese() []area {
	return []area{
		area(chineseCli),
		area(chineseAccount),
		area(chineseCallback),
		area(chineseCapture),
		area(chineseCatalog),
		area(chineseConfig),
		area(chineseEmulator),
		area(chineseEvent),
		area(chineseFailure),
		area(chineseFiles),
		area(chineseJournal),
		area(chineseLibraries),
		area(chineseLoan),
		area(chineseManifest),
		area(chineseNetwork),
		area(chineseOutput),
		area(chinesePlanfile),
		area(chineseRelay),
		area(chineseRelaycli),
		area(chineseReport),
		area(chineseSes),
		area(chineseSesapi),
		area(chineseWebhook),
		area(chineseYamltext),
	}
}
