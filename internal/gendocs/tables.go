package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// language is a language in which the tables are generated.
type language struct {
	folder, other string // of its pages, and how they link to the other language
	rules, api    string // what stands before the tables
	seen          string // what stands before the rows that were seen to work
	status        string
	kinds         string // what stands before the example of an error
	config        string // what stands before the keys of a profile
	titles        titles
	colon, comma  string // between the name of an operation and its meaning, and between two names
	emulator      emulatorTexts
	word          func(english string) string
}

// titles are the headings and the titles of columns of the page of the configuration.
type titles struct{ key, environment, variable, files, file, meaning string }

func languages() []language {
	return []language{english(), chinese()}
}

func english() language {
	return language{
		folder: "docs/reference",
		other:  "English · [简体中文](../zh/reference/%s)",
		rules: "# Rules\n\n%s\n\nThe rules that a callback must follow. `sesctl callback rules` prints the same table.\n" +
			"`set`, `validate` and the emulator apply it.\n\n| rule | severity | rule in words | source |\n",
		api: "# What is known of the API\n\n%s\n\nProduct `%s`, version `%s`. No current SDK has an action for callbacks, so every\nbelief has a mark:\n\n" +
			"- **published**: it is in Tencent's SDK or in its API documentation today;\n" +
			"- **published once**: Tencent published it at that time, and does not today;\n" +
			"- **named**: Tencent names the action, but does not publish its parameters;\n" +
			"- **inferred**: nobody outside Tencent has confirmed it.\n\n" +
			"`sesctl doctor` shows which of them an endpoint answers. A profile can replace each row\n" +
			"under `api:`, by the names of the first column and the keys in brackets. The\n" +
			"[guide](../guides/api-rows.md) shows how to find the real names of a row.\n\n" +
			"| operation | action | request | response | mark | source |\n",
		seen: "\n## What was seen to work\n\nNobody has reported a confirmed row yet. Please open an issue with the row of your account from\n" +
			"`sesctl api list -o yaml`. Leave out your URLs.\n\n| operation | action | site and region | seen by | day |\n",
		status: "# Exit status\n\n%s\n\n| status | kind | meaning |\n",
		kinds:  "\nWith `-o json` an error is one JSON object on stderr. Its `kind` is in this table:\n",
		config: "# Configuration\n\n%s\n\n`config.yaml` in the user's configuration folder, or the file that `SESCTL_CONFIG` names, holds profiles. It\nnever holds a secret. `sesctl profile show` prints what is in force, and where each value comes from.\n\n",
		titles: titles{key: "key of a profile", environment: "Environment", variable: "variable", files: "Files", file: "file", meaning: "meaning"},
		colon:  ": ", comma: ", ",
		emulator: englishEmulator(),
		word:     func(english string) string { return english },
	}
}

func chinese() language {
	return language{
		folder: "docs/zh/reference",
		other:  "[English](../../reference/%s) · 简体中文",
		rules: "# 规则\n\n%s\n\n回调地址和声明文件要符合以下规则。`sesctl callback rules` 输出同样的表格。" +
			"`set`、`validate` 和模拟器按这些规则检查。\n\n| 规则 | 级别 | 要求 | 来源 |\n",
		api: "# 接口一览\n\n%s\n\n产品 `%s`，版本 `%s`。现有的 SDK 都没有回调地址的接口，所以每个接口都标明可靠程度：\n\n" +
			"- **已公开**（published）：腾讯云现在的 SDK 或 API 文档里有；\n" +
			"- **曾经公开**（published once）：腾讯云曾经公开过，现在没有；\n" +
			"- **仅有名称**（named）：腾讯云列出了接口名称，没有公开参数；\n" +
			"- **推测**（inferred）：还没有腾讯云以外的人确认过。\n\n" +
			"`sesctl doctor` 检查接入点支持哪些接口。如果某个接口与你的账号不符，可以在配置档的 `api:` 下面替换那一行。" +
			"左边的键是“操作”一列的名称，以及括号里的名称。怎样找到真实的名称，见[查找账号使用的接口名称](../guides/api-rows.md)。\n\n" +
			"| 操作 | 接口 | 请求参数 | 返回字段 | 可靠程度 | 来源 |\n",
		seen: "\n## 经过验证的接口\n\n还没有人报告。如果你确认了某一行，欢迎提交 issue，附上 `sesctl api list -o yaml` 输出的这一行。不要写出你的 URL。\n\n" +
			"| 操作 | 接口 | 站点和地域 | 验证人 | 日期 |\n",
		status: "# 退出码\n\n%s\n\n| 退出码 | kind | 含义 |\n",
		kinds:  "\n使用 `-o json` 时，错误以 JSON 对象的形式写到标准错误，其中 `kind` 的取值见上表：\n",
		config: "# 配置\n\n%s\n\n配置文件是 `config.yaml`，在用户的配置文件夹里，也可以用 `SESCTL_CONFIG` 指定。配置文件里写的是配置档，不存放任何机密。" +
			"`sesctl profile show` 显示实际生效的值，以及每个值的来源。优先级从高到低：命令行选项、环境变量、配置档、默认值。\n\n",
		titles: titles{key: "配置档的键", environment: "环境变量", variable: "变量", files: "文件", file: "文件", meaning: "含义"},
		colon:  "：", comma: "、",
		emulator: chineseEmulator(),
		word:     inChinese,
	}
}

func (l language) link(page string) string { return fmt.Sprintf(l.other, page) }

func (l language) rulesPage() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, l.rules+"|---|---|---|---|\n", l.link("rules.md"))
	for _, r := range callback.Rules() {
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", r.ID, l.word(string(r.Severity)), l.word(r.Summary), l.word(r.Source))
	}
	return out.Bytes()
}

func (l language) apiPage() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, l.api+"|---|---|---|---|---|---|\n", l.link("api.md"), sesapi.Service, sesapi.Version)
	for _, r := range sesapi.Default().Rows() {
		fmt.Fprintf(&out, "| `%s`%s%s | `%s` | %s | %s | **%s** | %s |\n",
			r.Operation, l.colon, l.word(r.Summary), r.Action, fields(r.Request), fields(r.Response), l.word(r.MarkText()), l.word(r.Source))
	}
	out.WriteString(l.seen + "|---|---|---|---|---|\n")
	for _, seen := range sesapi.SeenToWork() {
		fmt.Fprintf(&out, "| `%s` | `%s` | %s | %s | %s |\n", seen.Operation, seen.Action, seen.Place, seen.By, seen.Day)
	}
	return out.Bytes()
}

func fields(names map[string]string) string {
	if len(names) == 0 {
		return "–"
	}
	var parts []string
	for key, name := range names {
		parts = append(parts, fmt.Sprintf("`%s` (%s)", name, key))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func (l language) statusPage() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, l.status+"|---|---|---|\n", l.link("exit-status.md"))
	for _, s := range failure.Statuses() {
		fmt.Fprintf(&out, "| %d | %s | %s |\n", s.Code, s.Kind, l.word(s.Summary))
	}
	out.WriteString(l.kinds + "\n```json\n{\"error\": {\"kind\": \"conflict\", \"message\": \"…\", \"hint\": \"…\", \"api_code\": \"…\", \"request_id\": \"…\"}}\n```\n")
	return out.Bytes()
}
