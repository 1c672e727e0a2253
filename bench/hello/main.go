// Command hello is what sesctl's start-up is measured against.
package main

import "fmt"

func main() { fmt.Println("hello, world") }
