package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/oapi-codegen/nullable"

	"scenario/registry"
)

// pointerTo returns a pointer to a value, for optional parameters.
func pointerTo[T any](value T) *T { return &value }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// expect returns the parsed body of a response. If the body was not parsed, expect prints it and ends the program.
func expect[T any](value *T, body []byte) *T {
	if value == nil {
		log.Fatal(string(body))
	}
	return value
}

// parseBody parses the JSON text of a request body.
func parseBody[T any](text string) T {
	var value T
	check(json.Unmarshal([]byte(text), &value))
	return value
}

func datesOf(agreements []registry.Agreement) []nullable.Nullable[string] {
	dates := []nullable.Nullable[string]{}
	for _, agreement := range agreements {
		dates = append(dates, agreement.SignedOn)
	}
	return dates
}

func main() {
	ctx := context.Background()
	origin := os.Getenv("REGISTRY_URL")
	if origin == "" {
		origin = "http://127.0.0.1:3000"
	}
	client, err := registry.NewClientWithResponses(origin, registry.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+os.Getenv("REGISTRY_KEY"))
			return nil
		}))
	check(err)

	// List the agreements of three countries that were signed in 2011, and read all pages.
	agreements := []registry.Agreement{}
	var cursor *string
	for {
		response, err := client.ListAgreementsWithResponse(ctx, &registry.ListAgreementsParams{
			SignedOnGte: pointerTo("2011"),
			SignedOnLte: pointerTo("2011-12"),
			Country:     &[]string{"PAK", "USA", "DEU"},
			Sort:        &[]registry.AgreementSort{registry.AgreementSortSignedOn},
			Limit:       pointerTo(2),
			Cursor:      cursor,
		})
		check(err)
		page := expect(response.JSON200, response.Body)
		agreements = append(agreements, page.Data...)
		if page.Page.Next.IsNull() {
			break
		}
		cursor = pointerTo(page.Page.Next.MustGet())
	}

	// Read one agreement.
	got, err := client.GetAgreementWithResponse(ctx, agreements[0].Id, nil)
	check(err)
	read := expect(got.JSON200, got.Body)

	// Create an agreement, and update it, with the version from the response in `If-Match`.
	creation, err := client.CreateAgreementWithResponse(ctx, nil, registry.AgreementInput{
		Title: "Created by a client",
		Kind:  registry.AgreementKindAgreement,
		Place: nullable.NewNullableWithValue("Kathmandu"),
		Parties: &[]registry.AgreementPartyInput{
			{Country: nullable.NewNullableWithValue("NPL"), Role: registry.AgreementPartyRoleParty},
		},
	})
	check(err)
	created := expect(creation.JSON201, creation.Body)
	update := func(version int, patch registry.AgreementPatch) *registry.UpdateAgreementResponse {
		response, err := client.UpdateAgreementWithApplicationMergePatchPlusJSONBodyWithResponse(
			ctx, created.Id, &registry.UpdateAgreementParams{IfMatch: fmt.Sprintf("\"%d\"", version)}, patch,
		)
		check(err)
		return response
	}
	signed := registry.AgreementPatch{Status: nullable.NewNullableWithValue(registry.AgreementStatusSigned)}
	first := update(created.Version, signed)
	patched := expect(first.JSON200, first.Body)

	// Update it again with the old version: 412.
	again := update(created.Version, signed)
	stale := expect(again.ApplicationproblemJSON412, again.Body)

	// Clear a property with null.
	last := update(patched.Version, registry.AgreementPatch{Place: nullable.NewNullNullable[string]()})
	cleared := expect(last.JSON200, last.Body)

	// Delete the agreement.
	removal, err := client.DeleteAgreementWithResponse(ctx, created.Id,
		&registry.DeleteAgreementParams{IfMatch: fmt.Sprintf("\"%d\"", cleared.Version)})
	check(err)

	// Search with a tree of conditions.
	searched, err := client.SearchAgreementsWithResponse(ctx, nil, parseBody[registry.AgreementSearch](`{
		"where": {"or": [
			{"country": {"eq": "PAK"}},
			{"and": [{"signedOn": {"gte": "2011-05"}}, {"not": {"country": {"eq": "USA"}}}]}
		]},
		"sort": [{"by": "signedOn"}],
		"limit": 25
	}`))
	check(err)
	found := expect(searched.JSON200, searched.Body).Data

	// Count by country.
	groups, err := client.AggregateAgreementsWithResponse(ctx, &registry.AggregateAgreementsParams{
		GroupBy:     []registry.AgreementGroupBy{registry.AgreementGroupByCountry},
		SignedOnGte: pointerTo("2011"),
	})
	check(err)
	counted := map[string]float64{}
	for _, group := range expect(groups.JSON200, groups.Body).Data {
		// The key is nil for agreements without a country.
		country := "null"
		if key := group.Key["country"]; key != nil {
			country = *key
		}
		counted[country] = *group.Measures["count"]
	}

	// Export to a file.
	file, err := client.ExportAgreementsWithResponse(ctx, &registry.ExportAgreementsParams{
		Format:  "csv",
		Country: &[]string{"PAK"},
		Fields:  &[]registry.AgreementField{"title", "signedOn"},
	})
	check(err)
	check(os.WriteFile("agreements.csv", file.Body, 0o600))
	header, _, _ := strings.Cut(string(file.Body), "\r\n")

	// Read the feed of changes.
	feed, err := client.ListChangesWithResponse(ctx, &registry.ListChangesParams{
		Resource: &[]registry.ResourceName{"agreements"},
		Limit:    pointerTo(3),
	})
	check(err)
	changes := []string{}
	for _, change := range expect(feed.JSON200, feed.Body).Data {
		changes = append(changes, string(change.Operation))
	}

	// Create an invalid agreement, and read from the problem which property is wrong.
	wrong, err := client.CreateAgreementWithResponse(ctx, nil, registry.AgreementInput{
		Title:  "Refused",
		Kind:   registry.AgreementKindAgreement,
		Topics: &[]string{"no-such-topic"},
	})
	check(err)
	refused := []*string{}
	for _, fault := range *expect(wrong.ApplicationproblemJSON422, wrong.Body).Errors {
		refused = append(refused, fault.Pointer)
	}

	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"listed":   datesOf(agreements),
		"read":     read.SignedOn,
		"created":  created.Version,
		"patched":  patched.Version,
		"stale":    []any{again.StatusCode(), stale.Type},
		"cleared":  []any{cleared.Version, cleared.Place},
		"removed":  removal.StatusCode(),
		"found":    datesOf(found),
		"counted":  counted,
		"exported": header,
		"changes":  changes,
		"refused":  refused,
	}))
}
