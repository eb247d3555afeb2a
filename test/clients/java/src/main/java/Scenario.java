import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import registry.ApiClient;
import registry.ApiException;
import registry.api.AgreementsApi;
import registry.api.RegistryApi;
import registry.model.Agreement;
import registry.model.AgreementField;
import registry.model.AgreementFormat;
import registry.model.AgreementGroupBy;
import registry.model.AgreementInput;
import registry.model.AgreementKind;
import registry.model.AgreementPartyInput;
import registry.model.AgreementPartyRole;
import registry.model.AgreementPatch;
import registry.model.AgreementSearch;
import registry.model.AgreementSort;
import registry.model.AgreementStatus;
import registry.model.Problem;
import registry.model.ResourceName;

public final class Scenario {
  private static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

  private static List<String> datesOf(List<Agreement> agreements) {
    return agreements.stream().map(Agreement::getSignedOn).toList();
  }

  public static void main(String[] args) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(Objects.requireNonNullElse(System.getenv("REGISTRY_URL"), "http://127.0.0.1:3000"));
    client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + System.getenv("REGISTRY_KEY")));
    var api = new AgreementsApi(client);

    // List the agreements of three countries that were signed in 2011, and read all pages.
    var agreements = new ArrayList<Agreement>();
    String cursor = null;
    do {
      var page =
          api.listAgreements(
              AgreementsApi.APIListAgreementsRequest.newBuilder()
                  .signedOnGte("2011")
                  .signedOnLte("2011-12")
                  .country(List.of("PAK", "USA", "DEU"))
                  .sort(List.of(AgreementSort.SIGNED_ON))
                  .limit(2)
                  .cursor(cursor)
                  .build());
      agreements.addAll(page.getData());
      cursor = page.getPage().getNext();
    } while (cursor != null);

    // Read one agreement.
    var read =
        api.getAgreement(
            AgreementsApi.APIGetAgreementRequest.newBuilder().id(agreements.get(0).getId()).build());

    // Create an agreement, and update it, with the version from the response in `If-Match`.
    var created =
        api.createAgreement(
            AgreementsApi.APICreateAgreementRequest.newBuilder()
                .agreementInput(
                    new AgreementInput()
                        .title("Created by a client")
                        .kind(AgreementKind.AGREEMENT)
                        .place("Kathmandu")
                        .addPartiesItem(
                            new AgreementPartyInput()
                                .country("NPL")
                                .role(AgreementPartyRole.PARTY)))
                .build());
    var signing =
        AgreementsApi.APIUpdateAgreementRequest.newBuilder()
            .id(created.getId())
            .ifMatch("\"" + created.getVersion() + "\"")
            .agreementPatch(new AgreementPatch().status(AgreementStatus.SIGNED))
            .build();
    var patched = api.updateAgreement(signing);

    // Update it again with the old version: 412.
    var stale = new ArrayList<Object>();
    try {
      api.updateAgreement(signing);
    } catch (ApiException problem) {
      stale.add(problem.getCode());
      stale.add(JSON.readValue(problem.getResponseBody(), Problem.class).getType());
    }

    // Clear a property with null.
    var cleared =
        api.updateAgreement(
            AgreementsApi.APIUpdateAgreementRequest.newBuilder()
                .id(created.getId())
                .ifMatch("\"" + patched.getVersion() + "\"")
                .agreementPatch(new AgreementPatch().place(null))
                .build());

    // Delete the agreement.
    var removal =
        api.deleteAgreementWithHttpInfo(
            AgreementsApi.APIDeleteAgreementRequest.newBuilder()
                .id(created.getId())
                .ifMatch("\"" + cleared.getVersion() + "\"")
                .build());

    // Search with a tree of conditions.
    var found =
        api.searchAgreements(
            AgreementsApi.APISearchAgreementsRequest.newBuilder()
                .agreementSearch(
                    JSON.readValue(
                        """
                        {
                          "where": {"or": [
                            {"country": {"eq": "PAK"}},
                            {"and": [{"signedOn": {"gte": "2011-05"}}, {"not": {"country": {"eq": "USA"}}}]}
                          ]},
                          "sort": [{"by": "signedOn"}],
                          "limit": 25
                        }
                        """,
                        AgreementSearch.class))
                .build());

    // Count by country.
    var counted = new TreeMap<String, Double>();
    var groups =
        api.aggregateAgreements(
            AgreementsApi.APIAggregateAgreementsRequest.newBuilder()
                .groupBy(List.of(AgreementGroupBy.COUNTRY))
                .signedOnGte("2011")
                .build());
    for (var group : groups.getData()) {
      // The key is null for agreements without a country.
      var country = Objects.requireNonNullElse(group.getKey().get("country"), "null");
      counted.put(country, group.getMeasures().get("count"));
    }

    // Export to a file.
    var download =
        api.exportAgreements(
            AgreementsApi.APIExportAgreementsRequest.newBuilder()
                .format(AgreementFormat.CSV)
                .country(List.of("PAK"))
                .fields(List.of(AgreementField.TITLE, AgreementField.SIGNED_ON))
                .build());
    var file = Files.move(download.toPath(), Path.of("agreements.csv"), StandardCopyOption.REPLACE_EXISTING);

    // Read the feed of changes.
    var changes =
        new RegistryApi(client)
            .listChanges(
                RegistryApi.APIListChangesRequest.newBuilder()
                    .resource(List.of(ResourceName.AGREEMENTS))
                    .limit(3)
                    .build());

    // Create an invalid agreement, and read from the problem which property is wrong.
    var refused = new ArrayList<String>();
    try {
      api.createAgreement(
          AgreementsApi.APICreateAgreementRequest.newBuilder()
              .agreementInput(
                  new AgreementInput()
                      .title("Refused")
                      .kind(AgreementKind.AGREEMENT)
                      .addTopicsItem("no-such-topic"))
              .build());
    } catch (ApiException problem) {
      JSON.readValue(problem.getResponseBody(), Problem.class)
          .getErrors()
          .forEach(fault -> refused.add(fault.getPointer()));
    }

    Map<String, Object> output = new LinkedHashMap<>();
    output.put("listed", datesOf(agreements));
    output.put("read", read.getSignedOn());
    output.put("created", created.getVersion());
    output.put("patched", patched.getVersion());
    output.put("stale", stale);
    output.put("cleared", Arrays.asList(cleared.getVersion(), cleared.getPlace()));
    output.put("removed", removal.getStatusCode());
    output.put("found", datesOf(found.getData()));
    output.put("counted", counted);
    output.put("exported", Files.readAllLines(file).get(0));
    output.put("changes", changes.getData().stream().map(change -> change.getOperation()).toList());
    output.put("refused", refused);
    System.out.println(JSON.writeValueAsString(output));
  }

  private Scenario() {}
}
