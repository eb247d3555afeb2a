package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"scenario/registry"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// expect returns the response of an operation as the expected type. If it has another type, expect ends the program.
func expect[T any](response any, err error) *T {
	check(err)
	expected, ok := response.(*T)
	if !ok {
		text, _ := json.Marshal(response)
		log.Fatalf("%T: %s", response, text)
	}
	return expected
}

// registryKey authenticates requests with the API key in REGISTRY_KEY.
type registryKey struct{}

func (registryKey) Auth(context.Context, registry.OperationName) (registry.Auth, error) {
	return registry.Auth{Token: os.Getenv("REGISTRY_KEY")}, nil
}

// fileClient sends requests. It sets the Content-Type of files to the type in the OpenAPI document, the only one that the client
// reads.
type fileClient struct{}

func (fileClient) Do(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultClient.Do(request)
	if err == nil && response.StatusCode == http.StatusOK && strings.HasSuffix(request.URL.Path, "/export") {
		response.Header.Set("Content-Type", "application/octet-stream")
	}
	return response, err
}

func datesOf(agreements []registry.Agreement) []string {
	dates := []string{}
	for _, agreement := range agreements {
		dates = append(dates, agreement.SignedOn.Or(""))
	}
	return dates
}

func main() {
	ctx := context.Background()
	origin := os.Getenv("REGISTRY_URL")
	if origin == "" {
		origin = "http://127.0.0.1:3000"
	}
	client, err := registry.NewClient(origin, registryKey{}, registry.WithClient(fileClient{}))
	check(err)

	// List the agreements of three countries that were signed in 2011, and read all pages.
	agreements := []registry.Agreement{}
	params := registry.ListAgreementsParams{
		SignedOnGte: registry.NewOptString("2011"),
		SignedOnLte: registry.NewOptString("2011-12"),
		Country:     []string{"PAK", "USA", "DEU"},
		Sort:        []registry.AgreementSort{registry.AgreementSortSignedOn},
		Limit:       registry.NewOptInt(2),
	}
	for {
		response, err := client.ListAgreements(ctx, params)
		page := expect[registry.AgreementPage](response, err)
		agreements = append(agreements, page.Data...)
		next, more := page.Page.Next.Get()
		if !more {
			break
		}
		params.Cursor = registry.NewOptString(next)
	}

	// Read one agreement.
	got, err := client.GetAgreement(ctx, registry.GetAgreementParams{ID: agreements[0].ID})
	read := expect[registry.Agreement](got, err)

	// Create an agreement, and update it, with the version from the response in `If-Match`.
	creation, err := client.CreateAgreement(ctx, &registry.AgreementInput{
		Title: "Created by a client",
		Kind:  registry.AgreementKindAgreement,
		Place: registry.NewOptNilString("Kathmandu"),
		Parties: []registry.AgreementPartyInput{
			{Country: registry.NewOptNilString("NPL"), Role: registry.AgreementPartyRoleParty},
		},
	}, registry.CreateAgreementParams{})
	created := expect[registry.AgreementCreatedHeaders](creation, err).Response
	sign := func() (registry.UpdateAgreementRes, error) {
		return client.UpdateAgreement(ctx,
			&registry.AgreementPatch{Status: registry.NewOptNilAgreementStatus(registry.AgreementStatusSigned)},
			registry.UpdateAgreementParams{ID: created.ID, IfMatch: fmt.Sprintf("\"%d\"", created.Version)})
	}
	signed, err := sign()
	patched := expect[registry.Agreement](signed, err)

	// Update it again with the old version: 412.
	again, err := sign()
	stale := expect[registry.UpdateAgreementPreconditionFailed](again, err)

	// Clear a property with null.
	place := registry.OptNilString{}
	place.SetToNull()
	last, err := client.UpdateAgreement(ctx,
		&registry.AgreementPatch{Place: place},
		registry.UpdateAgreementParams{ID: created.ID, IfMatch: fmt.Sprintf("\"%d\"", patched.Version)})
	cleared := expect[registry.Agreement](last, err)

	// Delete the agreement: 204.
	removal, err := client.DeleteAgreement(ctx, registry.DeleteAgreementParams{
		ID: created.ID, IfMatch: fmt.Sprintf("\"%d\"", cleared.Version)})
	expect[registry.DeleteAgreementNoContent](removal, err)

	// Search with a tree of conditions.
	var search registry.AgreementSearch
	check(json.Unmarshal([]byte(`{
		"where": {"or": [
			{"country": {"eq": "PAK"}},
			{"and": [{"signedOn": {"gte": "2011-05"}}, {"not": {"country": {"eq": "USA"}}}]}
		]},
		"sort": [{"by": "signedOn"}],
		"limit": 25
	}`), &search))
	searched, err := client.SearchAgreements(ctx, &search, registry.SearchAgreementsParams{})
	found := expect[registry.AgreementPage](searched, err).Data

	// Count by country.
	groups, err := client.AggregateAgreements(ctx, registry.AggregateAgreementsParams{
		GroupBy:     []registry.AgreementGroupBy{registry.AgreementGroupByCountry},
		SignedOnGte: registry.NewOptString("2011"),
	})
	counted := map[string]float64{}
	for _, group := range expect[registry.Aggregate](groups, err).Data {
		counted[group.Key["country"].Or("null")] = group.Measures["count"].Or(0)
	}

	// Export to a file.
	exported, err := client.ExportAgreements(ctx, registry.ExportAgreementsParams{
		Format:  registry.AgreementFormatCsv,
		Country: []string{"PAK"},
		Fields:  []registry.AgreementField{registry.AgreementFieldTitle, registry.AgreementFieldSignedOn},
	})
	file, err := io.ReadAll(expect[registry.OKHeaders](exported, err).Response)
	check(err)
	check(os.WriteFile("agreements.csv", file, 0o600))
	header, _, _ := strings.Cut(string(file), "\r\n")

	// Read the feed of changes.
	feed, err := client.ListChanges(ctx, registry.ListChangesParams{
		Resource: []registry.ResourceName{registry.ResourceNameAgreements},
		Limit:    registry.NewOptInt(3),
	})
	changes := []string{}
	for _, change := range expect[registry.FeedPage](feed, err).Data {
		changes = append(changes, string(change.Operation))
	}

	// Create an invalid agreement, and read from the problem which property is wrong.
	wrong, err := client.CreateAgreement(ctx, &registry.AgreementInput{
		Title:  "Refused",
		Kind:   registry.AgreementKindAgreement,
		Topics: []string{"no-such-topic"},
	}, registry.CreateAgreementParams{})
	refused := []string{}
	for _, fault := range expect[registry.Problem](wrong, err).Errors {
		refused = append(refused, fault.Pointer.Or(""))
	}

	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"listed":   datesOf(agreements),
		"read":     read.SignedOn.Or(""),
		"created":  created.Version,
		"patched":  patched.Version,
		"stale":    []any{stale.Status, stale.Type},
		"cleared":  []any{cleared.Version, cleared.Place},
		"removed":  http.StatusNoContent,
		"found":    datesOf(found),
		"counted":  counted,
		"exported": header,
		"changes":  changes,
		"refused":  refused,
	}))
}
