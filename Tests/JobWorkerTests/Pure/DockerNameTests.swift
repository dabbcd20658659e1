import Intake
import JSON
import Jobs
import Testing

/// Names that end up in a command line of Core 1.19.
@Suite
struct DockerNameTests {
    static let wrong = [
        "web; reboot", "a b", "$(id)", "`id`", "a|b", "a&b", "a\nb", "-f", ".hidden", "", "a=b",
        "é",
        "a'b", "a\"b", "a/b", String(repeating: "a", count: 254),
    ]

    @Test(arguments: wrong)
    func whatAShellWouldSplitOrReadIsRefused(_ name: String) {
        #expect(!DockerName.isValid(name))
        for operation in JobOperation.allCases {
            for parameter in operation.spec.parameters where parameter.isDockerName {
                let value: JSONValue =
                    parameter.kind == .strings ? ["web", .string(name)] : .string(name)
                let error = #expect(throws: IntakeError.self) {
                    try OperationArguments.checked([parameter.name: value], for: operation)
                }
                #expect(error?.error.code == .validationError, "\(operation)")
                #expect(error?.error.message.contains(DockerName.expectation) == true)
            }
        }
    }

    @Test(arguments: ["web", "web-1", "a.b_c", "0", "_x", String(repeating: "a", count: 253)])
    func whatDockerTakesIsTaken(_ name: String) throws {
        #expect(DockerName.isValid(name))
        let arguments = try OperationArguments.checked(
            ["container": .string(name)], for: .stopContainer)
        #expect(arguments["container"] == .string(name))
    }

    @Test
    func everyNameOfAContainerOrAServiceIsLookedAt() {
        for operation in JobOperation.allCases {
            for parameter in operation.spec.parameters {
                let isName = ["container", "services"].contains(parameter.name)
                #expect(parameter.isDockerName == isName, "\(operation) \(parameter.name)")
            }
        }
    }
}
