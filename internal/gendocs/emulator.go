package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// emulatorTexts are the texts of the page of the emulator: what is at its top and
// before the actions, and the words of its tables.
type emulatorTexts struct{ top, actions, parameter, body, answer string }

func englishEmulator() emulatorTexts {
	return emulatorTexts{
		top: "# The emulator over HTTP\n\n%s\n\n`sesctl emulator serve` answers JSON beside the API, without a signature, for tests in any language. " +
			"Only loopback names and the names of `--allow-host` are served. An error is `{\"error\": \"…\"}` with the status 400, 404, 409 or 500. " +
			"A parameter that is unknown, empty or given twice is refused.\n",
		actions: "\n## Actions of the API\n\nAll published actions of SES (tencentcloud-sdk-go ses v1.3.136), and the actions of callbacks. " +
			"Parameters are judged by this table; required ones are in bold.\n\n| action | parameters |\n|---|---|\n",
		parameter: "parameter", body: "Body", answer: "Answer",
	}
}

func chineseEmulator() emulatorTexts {
	return emulatorTexts{
		top: "# 模拟器的 HTTP 接口\n\n%s\n\n除了 SES 的 API，`sesctl emulator serve` 还提供下面的 HTTP 接口，供任何语言的测试使用。这些接口使用 JSON，不需要签名。" +
			"只能用回环地址和 `--allow-host` 指定的主机名访问。出错时返回 `{\"error\": \"…\"}`，状态码是 400、404、409 或 500。" +
			"未知、为空或重复的参数会被拒绝。\n",
		actions: "\n## SES 的接口\n\n模拟器支持 SES 所有已公开的接口（tencentcloud-sdk-go ses v1.3.136）和回调地址的接口，并按下表检查参数。" +
			"粗体的参数是必填的。\n\n| 接口 | 参数 |\n|---|---|\n",
		parameter: "参数", body: "请求体", answer: "应答",
	}
}

// emulatorPage describes what an emulator serves beside the API, and the
// parameters by which it judges the API.
func (l language) emulatorPage() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, l.emulator.top, l.link("emulator.md"))
	for _, e := range emulator.Endpoints() {
		fmt.Fprintf(&out, "\n## %s %s\n\n%s\n", e.Method, e.Path, l.word(e.Summary))
		if len(e.Query) > 0 {
			fmt.Fprintf(&out, "\n| %s | %s |\n|---|---|\n", l.emulator.parameter, l.titles.meaning)
		}
		for _, parameter := range e.Query {
			name, meaning, _ := strings.Cut(l.word(parameter), l.colon)
			fmt.Fprintf(&out, "| `%s` | %s |\n", name, meaning)
		}
		if e.Body != "" {
			fmt.Fprintf(&out, "\n%s%s`%s`\n", l.emulator.body, l.colon, e.Body)
		}
		fmt.Fprintf(&out, "\n%s%s`%s`\n", l.emulator.answer, l.colon, e.Answer)
	}
	out.WriteString(l.emulator.actions)
	published := sesapi.PublishedActions()
	for _, name := range slices.Sorted(maps.Keys(published)) {
		var parameters []string
		for _, p := range published[name].Params {
			text := p.Name
			if p.List {
				text += "[]"
			}
			if p.Required {
				text = "**" + text + "**"
			}
			parameters = append(parameters, text)
		}
		fmt.Fprintf(&out, "| %s | %s |\n", name, strings.Join(parameters, l.comma))
	}
	return out.Bytes()
}
