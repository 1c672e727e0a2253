package main

import "github.com/sesctl/sesctl/internal/catalog"

// inChinese returns a text of a page in Chinese. What the programs print too is in their
// catalogue.
func inChinese(english string) string {
	if chinese, ok := onlyOnPages()[english]; ok {
		return chinese
	}
	return catalog.For(catalog.Chinese).Word(english)
}

// onlyOnPages are the texts that no program prints.
func onlyOnPages() map[string]string {
	return map[string]string{
		"1 for the embedded emulator, as --local":             "设为 1 时使用内置模拟器，与 --local 相同",
		"Delete deliveries. A pending delivery is cancelled.": "删除推送。还没有完成的推送会取消。",
		"Delete messages and their deliveries.":               "删除邮件和它们的推送。",
		"Deliver an event again, to the callback that is effective now. 404: the delivery does not exist. 409: it is still pending.": "把一个事件重新推送到现在生效的回调地址。404 表示没有这个推送，409 表示推送还没有完成。",
		"Empty the state: fresh sender addresses, no callbacks, no messages, no faults.":                                             "清空状态：恢复最初的发信地址，删除回调地址、邮件和故障。",
		"List the callbacks, with whole URLs.": "列出回调地址，URL 是完整的。",
		"List the deliveries of events, oldest first. dropped counts older deliveries that were removed.": "列出事件的推送，最早的在前。dropped 是已清除的更早的推送数。",
		"List the faults that are on.":                                                                                  "列出已开启的故障。",
		"List the messages that were accepted, oldest first.":                                                           "列出已接受的邮件，最早的在前。",
		"Set one callback; an empty url removes it.":                                                                    "设置一个回调地址；url 为空表示删除。",
		"Turn these faults on, and all others off. An empty list turns all off.":                                        "开启这些故障，关闭其他故障。空列表表示全部关闭。",
		"a file with the certificates of further authorities":                                                           "额外信任的 CA 证书文件",
		"a file with the certificates of further authorities, in PEM: of the endpoint, and of receivers of events":      "额外信任的 CA 证书文件，PEM 格式；用于接入点和接收端",
		"further parts of callback URLs to hide: path:N for a segment of the path, path:-1 for the last":                "回调地址中另外要隐藏的部分：path:N 是路径的第 N 段，path:-1 是最后一段",
		"no colours, if it is not empty":                                                                                "不为空时，输出不使用颜色",
		"rows of the API table to replace, by the names of 'sesctl api list'; off switches a row off":                   "要替换的接口，键是 'sesctl api list' 列出的名称；off 表示关闭",
		"the URL of the service, if --endpoint is not given":                                                            "接入点的 URL；没有 --endpoint 时使用",
		"the URL of the service; by default the one of the region":                                                      "接入点的 URL；默认是地域对应的接入点",
		"the callbacks that are borrowed":                                                                               "借用的回调地址",
		"the configuration file":                                                                                        "配置文件",
		"the configuration, see sesctl-config(5)":                                                                       "配置文件，见本页开头",
		"the token, if TENCENTCLOUD_TOKEN is not set":                                                                   "临时密钥的 token；没有设置 TENCENTCLOUD_TOKEN 时使用",
		"the profile of Tencent's command-line tool whose credentials are used; it must exist":                          "使用 tccli 的哪个配置档的密钥；该配置档必须存在",
		"the file of credentials to read in place of ~/.tencentcloud/credentials; it must exist":                        "读取这个密钥文件，代替 ~/.tencentcloud/credentials；文件必须存在",
		"the credentials; the token only for temporary ones":                                                            "密钥；TENCENTCLOUD_TOKEN 只用于临时密钥",
		"the history of the changes; it holds whole URLs":                                                               "变更日志，含有完整的 URL",
		"the language of messages of the service: en-US or zh-CN":                                                       "SES 返回消息的语言：en-US 或 zh-CN",
		"the language, if --lang is not given: en or zh-CN; else LC_ALL, LC_MESSAGES or LANG":                           "语言：en 或 zh-CN；没有 --lang 时使用。也没有设置时，看 LC_ALL、LC_MESSAGES 和 LANG",
		"the output format, if --output is not given":                                                                   "输出格式；没有 --output 时使用",
		"the ports that the rule url-port takes; 8080, 8081 and 8082 by default":                                        "规则 url-port 允许的端口；默认是 8080、8081 和 8082",
		"the profile, if --profile is not given":                                                                        "配置档的名称；没有 --profile 时使用",
		"the proxy, and the hosts that are reached without it":                                                          "代理，以及不经过代理的主机",
		"the region, if --region is not given":                                                                          "地域；没有 --region 时使用",
		"the region, such as ap-guangzhou":                                                                              "地域，例如 ap-guangzhou",
		"the state file of the embedded emulator, as --local-state":                                                     "内置模拟器的状态文件，与 --local-state 相同",
		"the state of the embedded emulator":                                                                            "内置模拟器的状态",
		"true: write without reading first, as --blind":                                                                 "设为 true 时，不先读取就写入，与 --blind 相同",
		"where credentials come from: source (env, tccli, file, cvm, oidc), and the name or role that the source needs": "密钥的来源：source 是 env、tccli、file、cvm 或 oidc，另有该来源需要的 name 或 role",
		"where the configuration and the state are":                                                                     "配置和状态所在的文件夹",
	}
}
