// The three-step workflow of the design, served by Temporal's Go SDK.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

type object = map[string]any

type steps struct {
	engine string
	http   *http.Client
}

func (s *steps) Preprocess(_ context.Context, request object) (object, error) {
	body := object{"model": request["model"]}
	for _, part := range []string{"input", "parameters"} {
		fields, _ := request[part].(map[string]any)
		for key, value := range fields {
			body[key] = value
		}
	}
	return body, nil
}

func (s *steps) Infer(ctx context.Context, body object) (object, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.engine+"/v1/chat/completions", bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("engine: %s", response.Status)
	}
	var answer object
	return answer, json.NewDecoder(response.Body).Decode(&answer)
}

func (s *steps) Postprocess(_ context.Context, answer object) (object, error) {
	choice := answer["choices"].([]any)[0].(map[string]any)
	message := choice["message"].(map[string]any)
	return object{"status": "completed", "content": message["content"], "usage": answer["usage"],
		"finish_reason": choice["finish_reason"]}, nil
}

func inferenceWorkflow(ctx workflow.Context, request object) (object, error) {
	var body, answer, result object
	timeout := func(limit time.Duration) workflow.Context {
		return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: limit})
	}
	if err := workflow.ExecuteActivity(timeout(30*time.Second), "preprocess", request).Get(ctx, &body); err != nil {
		return nil, err
	}
	infer := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 3, BackoffCoefficient: 2.0},
	})
	if err := workflow.ExecuteActivity(infer, "infer", body).Get(ctx, &answer); err != nil {
		return nil, err
	}
	err := workflow.ExecuteActivity(timeout(10*time.Second), "postprocess", answer).Get(ctx, &result)
	return result, err
}

func main() {
	address := flag.String("address", "", "Temporal's HOST:PORT")
	engine := flag.String("engine", "", "the engine's URL")
	queue := flag.String("task-queue", "", "the task queue to serve")
	flag.Parse()
	connection, err := client.Dial(client.Options{
		HostPort: *address,
		// As quiet as the others: by default it logs every step.
		Logger: sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 100
	bound := &steps{engine: *engine, http: &http.Client{Transport: transport}}
	served := worker.New(connection, *queue, worker.Options{
		MaxConcurrentActivityExecutionSize:     10,
		MaxConcurrentWorkflowTaskExecutionSize: 100,
	})
	served.RegisterWorkflowWithOptions(inferenceWorkflow, workflow.RegisterOptions{Name: "InferenceWorkflow"})
	for name, step := range map[string]any{"preprocess": bound.Preprocess, "infer": bound.Infer, "postprocess": bound.Postprocess} {
		served.RegisterActivityWithOptions(step, activity.RegisterOptions{Name: name})
	}
	if err := served.Run(worker.InterruptCh()); err != nil {
		log.Fatal(err)
	}
}
