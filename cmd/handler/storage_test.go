package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/data/aztables"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azqueue/v2"

	"adoport/cmd/internal/azure"
	"adoport/shared/storageaccount"
)

// emptyAccount deletes the app's queues and table.
func emptyAccount(ctx context.Context, account storageaccount.Account) error {
	queues, err := azqueue.NewServiceClientFromConnectionString(account.ConnectionString, nil)
	if err != nil {
		return fmt.Errorf("opening the queues: %w", err)
	}
	for _, name := range []string{azure.LiveQueue, azure.WalksQueue} {
		for _, suffix := range []string{"", "-poison"} {
			if _, err := queues.DeleteQueue(ctx, name+suffix, nil); err != nil && !isMissing(err) {
				return fmt.Errorf("deleting queue %s: %w", name+suffix, err)
			}
		}
	}
	tables, err := aztables.NewServiceClientFromConnectionString(account.ConnectionString, nil)
	if err != nil {
		return fmt.Errorf("opening the tables: %w", err)
	}
	if _, err := tables.DeleteTable(ctx, azure.Table, nil); err != nil && !isMissing(err) {
		return fmt.Errorf("deleting the table: %w", err)
	}
	return nil
}

func isMissing(err error) bool {
	var answer *azcore.ResponseError
	return errors.As(err, &answer) && answer.StatusCode == 404
}
