import Testing

@Suite(.timeLimit(.minutes(2)))
struct CodeTextTests {
    @Test(arguments: [
        ("let a = 1 // try!", "let a = 1        "),
        ("a /* x /* y */ z */ b", "a                   b"),
        ("f(\"try!\") + g", "f(      ) + g"),
        ("f(\"a\\\"b\") + g", "f(      ) + g"),
        ("f(#\"a\"b\"#) + g", "f(       ) + g"),
        ("f(\"a\\(try! h(\"x\"))b\") + g", "f(   (try! h(   ))  ) + g"),
        ("f(#\"\\(no)\\#(yes)\"#)", "f(         (yes)  )"),
        ("\"//\" + a", "     + a"),
        ("#if x", "#if x"),
    ])
    func blanksCommentsAndStringsButNotInterpolations(source: String, code: String) {
        #expect(CodeText(source).lines == [code])
    }

    @Test func stringsOfManyLinesKeepTheirLines() {
        let code = CodeText("let a = \"\"\"\n  \"try!\" // no\n  \"\"\"\nb /* 1\n2 */ c")
        #expect(code.lines.map(\.count) == [11, 14, 5, 6, 6])
        #expect(code.lines[3].hasPrefix("b "))
        #expect(code.lines[4] == "     c")
        #expect(code.isCommented == [false, false, false, true, true])
    }
}
