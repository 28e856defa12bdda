// Command visitor is what the tests run in pods: a server that says its host's name, and a client.
//
//	visitor serve        on port 8080, /: the host's name; /busy: the same, after some work
//	visitor visit URL    prints what the URL answers
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "serve":
		serve()
	case len(os.Args) == 3 && os.Args[1] == "visit":
		visit(os.Args[2])
	default:
		log.Fatal("usage: visitor serve | visitor visit URL")
	}
}

func serve() {
	host, err := os.Hostname()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		log.Printf("%s asks for %s", request.RemoteAddr, request.URL.Path)
		fmt.Fprintln(answer, host)
	})
	http.HandleFunc("/busy", func(answer http.ResponseWriter, _ *http.Request) {
		work(100 * time.Millisecond)
		fmt.Fprintln(answer, host)
	})
	log.Print("serving")
	log.Fatal(http.ListenAndServe(":8080", nil))
}

func work(howLong time.Duration) {
	sum := make([]byte, 1024)
	for end := time.Now().Add(howLong); time.Now().Before(end); {
		hash := sha256.Sum256(sum)
		copy(sum, hash[:])
	}
}

func visit(url string) {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		log.Fatal(err)
	}
}
