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

// A URL prints masked, whatever prints it. Whole returns the secret.
func ExampleURL() {
	url := callback.NewURL("https://hooks.example.com:8080/ses?token=s3cret")
	fmt.Println(url)
	fmt.Printf("%+v\n", callback.Callback{Target: callback.Account(), URL: url})
	fmt.Println(url.Whole())
	// Output:
	// https://hooks.example.com:8080/ses?token=***
	// {Target:the account URL:https://hooks.example.com:8080/ses?token=***}
	// https://hooks.example.com:8080/ses?token=s3cret
}

// Callbacks that are declared together can be wrong together.
func ExampleCheckAll() {
	url := callback.NewURL("https://hooks.example.com:8080/ses")
	for _, p := range callback.CheckAll([]callback.Declared{
		{Sender: "news@mail.example.com", URL: url, Position: callback.Position{File: "callbacks.yaml", Line: 3, Column: 3}},
		{Sender: "News@mail.example.com", URL: url, Position: callback.Position{File: "callbacks.yaml", Line: 4, Column: 3}},
	}, callback.Policy{}) {
		fmt.Printf("%s: %s (%s)\n", p.Position, p.Message, p.Rule)
	}
	// Output: callbacks.yaml:4:3: news@mail.example.com is already declared at callbacks.yaml:3:3 (sender-duplicate)
}

func ExampleSameURL() {
	fmt.Println(callback.SameURL("https://Hooks.example.com:8080", "https://hooks.example.com:8080/"))
	fmt.Println(callback.SameURL("https://hooks.example.com:8080/ses", "https://hooks.example.com:8080/SES"))
	// Output:
	// true
	// false
}
