import TestSupport
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct URITemplateTests {
    private static let values = [
        "var": "value", "hello": "Hello World!", "path": "/foo/bar", "empty": "", "x": "1024",
        "y": "768", "half": "50%", "done": "50%25", "name": "é",
    ]

    @Test(arguments: [
        ("plain", "plain"), ("{var}", "value"), ("{hello}", "Hello%20World%21"),
        ("{half}", "50%25"), ("O{empty}X", "OX"), ("O{undef}X", "OX"), ("{x,y}", "1024,768"),
        ("{x,hello,y}", "1024,Hello%20World%21,768"), ("{x,undef}", "1024"),
        ("?{x,empty}", "?1024,"),
        ("{name}", "%C3%A9"), ("{+var}", "value"), ("{+hello}", "Hello%20World!"),
        ("{+path}/here", "/foo/bar/here"), ("{+half}", "50%25"), ("{+done}", "50%25"),
        ("{+x,hello,y}", "1024,Hello%20World!,768"), ("{#path}", "#/foo/bar"),
        ("{#x,hello,y}", "#1024,Hello%20World!,768"), ("X{#undef}", "X"), ("X{.var}", "X.value"),
        ("X{.x,y}", "X.1024.768"), ("{/var}", "/value"), ("{/var,x}/here", "/value/1024/here"),
        ("{;x,y}", ";x=1024;y=768"), ("{;x,y,empty}", ";x=1024;y=768;empty"),
        ("{?x,y}", "?x=1024&y=768"), ("{?x,y,empty}", "?x=1024&y=768&empty="), ("{?undef}", ""),
        ("?fixed=yes{&x}", "?fixed=yes&x=1024"), ("é{var}", "%C3%A9value"),
    ])
    func templatesExpandAsInTheStandard(template: String, uri: String) throws {
        #expect(try URITemplate(template).expanded(Self.values) == uri)
    }

    @Test(arguments: [
        ("komodo://jobs/{job_id}/log", "komodo://jobs/a1/log", ["job_id": "a1"]),
        ("komodo://jobs/{job_id}/log", "komodo://jobs/a%2Fb%20%C3%A9/log", ["job_id": "a/b é"]),
        ("komodo://jobs/{id}", "komodo://jobs/a:b", ["id": "a:b"]),
        ("a{+path}", "a/x/y", ["path": "/x/y"]), ("f/{a}.{b}", "f/x.y.z", ["a": "x", "b": "y.z"]),
        ("{a}{b}", "xyz", ["a": "x", "b": "yz"]), ("{x,y}", "1,2", ["x": "1", "y": "2"]),
        ("{/a,b}", "/1/2", ["a": "1", "b": "2"]), ("p{;a}", "p;a=1", ["a": "1"]),
        ("p{#a}", "p#x?y/z", ["a": "x?y/z"]), ("s{?a,b}", "s?b=2&a=1", ["a": "1", "b": "2"]),
        ("s{?a,b}", "s?a=%26", ["a": "&"]), ("s{?a,b}", "s", [:]), ("s{?a}", "s?", [:]),
        ("s{?a}", "s?a=", ["a": ""]), ("s?x=1{&a}", "s?x=1&a=2", ["a": "2"]),
        ("{a}/{a}", "x/x", ["a": "x"]), ("plain", "plain", [:]), ("é/{a}", "%C3%A9/1", ["a": "1"]),
        ("{+p}/log{?n}", "a/log/log?n=1", ["p": "a/log", "n": "1"]),
    ])
    func urisAreReadBack(template: String, uri: String, values: [String: String]) throws {
        #expect(try URITemplate(template).values(in: uri) == values)
    }

    @Test(arguments: [
        ("komodo://jobs/{id}/log", "komodo://jobs//log"), ("komodo://jobs/{id}", "komodo://jobs/"),
        ("komodo://jobs/{id}", "komodo://jobs/a/b"), ("komodo://jobs/{id}", "komodo://job/a"),
        ("{a}", "x?y"), ("{a}", "%zz"), ("{a}", "%FF"), ("{a}/{a}", "x/y"), ("s{?a}", "s?b=1"),
        ("s{?a}", "s?a=1&a=2"), ("s{?a}", "s&a=1"), ("s{?a}", "s?a=1#f"), ("{x,y}", "1"),
        ("{?a}x", "?a=1x"), ("plain", "plainer"), ("plain", ""),
        ("{a}", String(repeating: "x", count: 9_000)),
    ])
    func otherURIsAreNot(template: String, uri: String) throws {
        #expect(try URITemplate(template).values(in: uri) == nil)
    }

    @Test(arguments: [
        "{", "}", "a}b", "{a", "{}", "{a{b}}", "{a:3}", "{a*}", "{a,}", "{=a}", "{a b}", "{a..b}",
        "{é}", String(repeating: "x", count: 3_000), String(repeating: "{a}", count: 200),
    ])
    func otherTemplatesAreRefused(template: String) {
        #expect(throws: URITemplateError.self) { try URITemplate(template) }
    }

    @Test func variablesAreNamedOnceInOrder() throws {
        #expect(try URITemplate("{b}/{a}/{b}{?c,a}").variables == ["b", "a", "c"])
    }

    @Test func whatIsExpandedIsReadBack() throws {
        var random = SeededRandom(3)
        let template = try URITemplate("komodo://{a}/{b}/log{?c,d}")
        let letters = Array("ab/?#&=%, é🐲:".unicodeScalars)
        for _ in 0..<500 {
            var values: [String: String] = [:]
            for name in template.variables {
                var text = String.UnicodeScalarView("x".unicodeScalars)
                for _ in 0..<Int.random(in: 0...5, using: &random) {
                    if let letter = letters.randomElement(using: &random) { text.append(letter) }
                }
                values[name] = String(text)
            }
            #expect(template.values(in: template.expanded(values)) == values)
        }
    }

    @Test func longURIsAreReadInLinearTime() throws {
        let template = try URITemplate("{a}{b}{c}{+d}{+e}{f}x")
        let uri = String(repeating: "a", count: 8_000)
        let took = ContinuousClock().measure {
            #expect(template.values(in: uri) == nil)
        }
        #expect(took < .seconds(30))
    }
}
