// Command visitor is what the tests run in pods: a server that says its host's name, and a client.
//
//	visitor serve        on port 8080
//	visitor visit URL    prints what the URL answers
package main

import (
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
	log.Print("serving")
	log.Fatal(http.ListenAndServe(":8080", nil))
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
