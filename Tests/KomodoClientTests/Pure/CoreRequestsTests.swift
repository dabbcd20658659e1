import JSON
import Jobs
import Redaction
import Testing

@testable import KomodoClient

@Suite
struct CoreRequestsTests {
    let requests = CoreRequests(testConnection("http://x"))

    func text(_ request: OutgoingRequest?) -> String {
        String(decoding: request?.body ?? [], as: UTF8.self)
    }

    @Test(arguments: JobOperation.allCases)
    func everyOperationNamesItsTargetByID(_ operation: JobOperation) throws {
        let request = requests.execute(submission(operation), targetID: testID)
        let body = try JSONValue(parsing: try #require(request.body))
        #expect(body["type"]?.string == operation.spec.request)
        #expect(body["params"]?[operation.spec.targetParameter]?.string == testID)
        #expect(body.object?.keys == ["type", "params"])
        #expect(request.path == "/execute")
        #expect(operation.spec.targetParameter == operation.spec.targetType.parameter)
    }

    @Test
    func argumentsGoAlongWithoutNullsAndCannotReplaceTheTarget() {
        let arguments: JSONObject = [
            "action": "other", "args": ["a": nil, "b": [1, 2]], "x": nil, "y": "ü\"",
        ]
        let request = requests.execute(
            submission(.triggerAction, arguments: arguments), targetID: testID)
        #expect(
            text(request)
                == #"{"type":"RunAction","params":{"action":"\#(testID)","#
                + #""args":{"a":null,"b":[1,2]},"y":"ü\""}}"#)
    }

    @Test(arguments: [
        (TargetType.deployment, #"{"type":"GetDeploymentContainer","params":{"deployment":"i"}}"#),
        (.stack, #"{"type":"ListStackServices","params":{"stack":"i"}}"#),
        (.server, #"{"type":"GetServerState","params":{"server":"i"}}"#),
        (.build, ""), (.repo, ""), (.procedure, ""), (.action, ""), (.resourceSync, ""),
    ])
    func healthIsAskedForWhereThereIsOne(_ type: TargetType, _ expected: String) {
        #expect(text(requests.health(type, id: "i")) == expected)
        #expect((requests.health(type, id: "i") == nil) == expected.isEmpty)
    }

    @Test(arguments: [
        (TargetType.action, #"{"type":"GetActionActionState","params":{"action":"i"}}"#),
        (.resourceSync, #"{"type":"GetResourceSyncActionState","params":{"sync":"i"}}"#),
        (.server, #"{"type":"GetServerActionState","params":{"server":"i"}}"#),
    ])
    func statesHaveTheirNames(_ type: TargetType, _ expected: String) {
        #expect(text(requests.actionState(type, id: "i")) == expected)
    }

    @Test
    func theUserIsAskedForAsTheVersionKnowsIt() {
        let old = requests.user(of: KomodoVersion(1, 19, 5))
        #expect(old.path == "/auth")
        #expect(text(old) == #"{"type":"GetUser","params":{}}"#)
        let new = requests.user(of: KomodoVersion(2, 0, 0))
        #expect(new.path == "/user")
        #expect(new.method == .get)
        #expect(new.body == nil)
    }

    @Test(arguments: ["", "a\nb", "a\u{0}b", "ä", "a\u{7F}"])
    func keysThatHTTPCannotCarryAreAFault(_ key: String) {
        var connection = testConnection("http://x")
        connection.apiKey = Secret(key)
        #expect(CoreRequests(connection).credentialFault?.code == .unauthorized)
    }

    @Test
    func healthOperationsAgreeWithTheCatalogue() {
        for operation in JobOperation.allCases {
            let hasHealth = requests.health(operation.spec.targetType, id: "i") != nil
            #expect(operation.spec.canVerifyHealth == hasHealth)
        }
    }
}
