package callback_test

import (
	"fmt"
	"log"

	"github.com/sesctl/sesctl/pkg/callback"
)

func Example() {
	news, err := callback.ParseSender("News <News@Mail.example.com>")
	if err != nil {
		log.Fatal(err)
	}
	set, err := callback.NewSet([]callback.Callback{
		{Target: callback.Account(), URL: callback.NewURL("https://hooks.example.com:8080/ses")},
		{Target: news, URL: callback.NewURL("https://hooks.example.com:8081/news")},
	})
	if err != nil {
		log.Fatal(err)
	}
	effective := set.Resolve(news)
	fmt.Println(effective.Sender, effective.Source, effective.URL)
	// Output: news@mail.example.com sender https://hooks.example.com:8081/news
}

func ExampleParseSender() {
	sender, err := callback.ParseSender("News <News@Mail.example.com>")
	fmt.Println(sender, err)
	_, err = callback.ParseSender("mail.example.com")
	fmt.Println(err != nil)
	// Output:
	// news@mail.example.com <nil>
	// true
}

func ExampleSet_Resolve() {
	news, err := callback.ParseSender("news@mail.example.com")
	if err != nil {
		log.Fatal(err)
	}
	other, err := callback.ParseSender("noreply@mail.example.com")
	if err != nil {
		log.Fatal(err)
	}
	set := callback.Set{}.With(news, callback.NewURL("https://hooks.example.com:8081/news"))
	fmt.Printf("%s: %q\n", set.Resolve(news).Source, set.Resolve(news).URL)
	fmt.Printf("%s: %q\n", set.Resolve(other).Source, set.Resolve(other).URL)

	set = set.With(callback.Account(), callback.NewURL("https://hooks.example.com:8080/ses"))
	fmt.Printf("%s: %q\n", set.Resolve(other).Source, set.Resolve(other).URL)
	// Output:
	// sender: "https://hooks.example.com:8081/news"
	// none: ""
	// account: "https://hooks.example.com:8080/ses"
}

func ExampleCheckURL() {
	for _, p := range callback.CheckURL("http://hooks.example.com:9090/ses", callback.Policy{}) {
		fmt.Println(p.Severity, p.Rule+":", p.Message)
	}
	// Output:
	// error url-port: SES does not support port 9090, only 8080, 8081 or 8082
	// warning url-plain-http: events travel unencrypted
}

func ExampleDiff() {
	news, err := callback.ParseSender("news@mail.example.com")
	if err != nil {
		log.Fatal(err)
	}
	current := callback.Set{}.With(callback.Account(), callback.NewURL("https://hooks.example.com:8080/ses"))
	desired := callback.Set{}.With(news, callback.NewURL("https://hooks.example.com:8081/news"))
	plan := callback.Diff(current, desired)
	for _, change := range plan.Changes {
		fmt.Println(change.Action, change.Target)
	}
	other, err := callback.ParseSender("noreply@mail.example.com")
	if err != nil {
		log.Fatal(err)
	}
	for _, effect := range plan.Effects([]callback.Target{other}) {
		fmt.Println(effect.Sender, "loses its events:", effect.Silenced())
	}
	// Output:
	// create news@mail.example.com
	// delete the account
	// noreply@mail.example.com loses its events: true
	// news@mail.example.com loses its events: false
}

func ExampleMask() {
	fmt.Println(callback.Mask("https://ses:s3cret@hooks.example.com:8080/ses?token=s3cret"))
	// Output: https://ses:***@hooks.example.com:8080/ses?token=***
}
