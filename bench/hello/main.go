// Command hello prints one line. bench compares the start of sesctl with it.
package main

import "fmt"

func main() { fmt.Println("hello, world") }
