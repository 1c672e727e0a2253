package sesapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"
)

// sdkSource parses a file of the SDK's package for SES, with its comments.
func sdkSource(t *testing.T, name string) *ast.File {
	t.Helper()
	module := "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses"
	folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(folder)), "v20201002", name), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// The comment of each method in client.go lists the error codes of its action. The
// table has the same codes in the same order.
func TestPublishedCodesAgreeWithSDK(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`"([A-Za-z.]+)"`)
	published, seen := PublishedActions(), 0
	for _, declared := range sdkSource(t, "client.go").Decls {
		method, ok := declared.(*ast.FuncDecl)
		if !ok || method.Recv == nil || strings.HasSuffix(method.Name.Name, "WithContext") {
			continue
		}
		var codes []string
		for _, found := range code.FindAllStringSubmatch(method.Doc.Text(), -1) {
			codes = append(codes, found[1])
		}
		seen++
		if got := published[method.Name.Name].Codes; !slices.Equal(got, codes) {
			t.Errorf("%s: the table has the codes %v, the SDK %v", method.Name.Name, got, codes)
		}
	}
	if seen != len(published) {
		t.Errorf("client.go has %d actions, the table %d", seen, len(published))
	}
}

// elsewhere has the limits that comments of models.go give, and that are not in the
// table, each with the reason.
func elsewhere() map[string]string {
	const language = "a number in a string: checkLanguage of the emulator checks it"
	const page = "function page of the emulator checks it, with the action's own error code"
	return map[string]string{
		"Attachment.Content":                                      "a limit of all attachments, and of the request",
		"BatchSendEmailRequest.Unsubscribe":                       language,
		"CreateAddressUnsubscribeConfigRequest.UnsubscribeConfig": language,
		"SendEmailRequest.Unsubscribe":                            language,
		"UpdateAddressUnsubscribeConfigRequest.UnsubscribeConfig": language,
		"CreateEmailAddressRequest.EmailAddress":                  "the limit of sender addresses, with the code ExceedSenderLimit",
		"DeleteBlackListRequest.EmailAddressList":                 "a list must not be empty: the emulator checks it",
		"GetAbuseReportRequest.Limit":                             page,
		"GetSendEmailStatusRequest.Limit":                         page,
		"ListAddressUnsubscribeConfigRequest.Limit":               page,
		"ListBlackEmailAddressRequest.Offset":                     page,
		"ListCustomBlacklistRequest.Limit":                        page,
		"ListReceiverDetailsRequest.Limit":                        page,
		"ListReceiversRequest.Limit":                              page,
		"ListSendTasksRequest.Limit":                              page,
		"ReceiverInputData.TemplateData":                          "createReceiverDetailWithData of the emulator checks it, with a code of its own",
		"SendEmailRequest.Attachments":                            "a limit of all attachments, and of the request",
		"SendEmailRequest.FromEmailAddress":                       "the form of an alias, not a limit",
		"Template.TemplateData":                                   "values must not be objects or lists: templateData of the emulator checks it",
		"UpdateEmailSmtpPassWordRequest.Password":                 "errors.go has 10 to 20 characters, with a code of its own",
	}
}

// A comment of models.go that gives a limit, or lists the values of a parameter, is a
// limit of the table, or has a reason in elsewhere.
func TestPublishedLimitsAgreeWithSDK(t *testing.T) {
	t.Parallel()
	hint := regexp.MustCompile(`最多|最大|不超过|上限|限制|长度|至少|以内|不能|[0-9]+ ?[:：]|1 待|0否|1即时`)
	params, left := requestParams(), elsewhere()
	reviewed := 0
	for name, comment := range fieldComments(sdkSource(t, "models.go")) {
		p, asked := params[name]
		if !asked || !hint.MatchString(comment) {
			continue
		}
		reviewed++
		limited := p.Chars > 0 || p.Items > 0 || p.Values != nil
		reason, excused := left[name]
		switch {
		case limited && excused:
			t.Errorf("%s has a limit in the table, and a reason for none: %s", name, reason)
		case !limited && !excused:
			t.Errorf("%s has no limit in the table; its comment reads: %s", name, comment)
		}
		delete(left, name)
	}
	if len(left) > 0 || reviewed < 40 {
		t.Errorf("%d comments have limits; these reasons are for none of them: %v", reviewed, left)
	}
}

// requestParams returns the parameters of all actions and their fields, by the names of
// the SDK's structs and fields, such as Template.TemplateID.
func requestParams() map[string]Param {
	all := map[string]Param{}
	var add func(shape reflect.Type, params []Param)
	add = func(shape reflect.Type, params []Param) {
		for _, p := range params {
			all[shape.Name()+"."+p.Name] = p
			if field, there := shape.FieldByName(p.Name); there && p.Type == Object {
				inner := field.Type.Elem()
				if p.List {
					inner = inner.Elem()
				}
				add(inner, p.Fields)
			}
		}
	}
	client := reflect.TypeFor[*ses.Client]()
	for name, a := range PublishedActions() {
		if method, there := client.MethodByName(name); there {
			add(method.Type.In(1).Elem(), a.Params)
		}
	}
	return all
}

// fieldComments returns the comments of the fields of all structs of a file.
func fieldComments(file *ast.File) map[string]string {
	comments := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		declared, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if shape, ok := declared.Type.(*ast.StructType); ok {
			for _, field := range shape.Fields.List {
				for _, name := range field.Names {
					comments[declared.Name.Name+"."+name.Name] = field.Doc.Text()
				}
			}
		}
		return false
	})
	return comments
}
