package callback

func checkSenderDuplicate(declared []Declared) []located {
	first := map[Target]Position{}
	var out []located
	for i, d := range declared {
		if d.Account {
			continue
		}
		t, err := ParseSender(d.Sender)
		if err != nil {
			continue
		}
		if at, twice := first[t]; twice {
			out = append(out, located{duplicate(t.Address(), at), i})
		} else {
			first[t] = d.Position
		}
	}
	return out
}

func checkScopeDuplicate(declared []Declared) []located {
	var out []located
	first := -1
	for i, d := range declared {
		switch {
		case !d.Account:
		case first < 0:
			first = i
		default:
			out = append(out, located{duplicate("the account's callback", declared[first].Position), i})
		}
	}
	return out
}

// duplicate is the finding that something is declared a second time.
func duplicate(what string, first Position) finding {
	message := what + " is already declared"
	if first != (Position{}) {
		message += " at " + first.String()
	}
	return finding{message, "keep one of them"}
}
