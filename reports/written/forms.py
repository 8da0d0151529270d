from django import forms

from reports.written.chapters import LONGEST_TEXT

MOST_TITLES, LONGEST_TITLE = 12, 30


class ChapterForm(forms.Form):
    text = forms.CharField(
        label="内容",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=f"不超过{LONGEST_TEXT}字，一段一行。不要写孩子和家长的姓名、电话。",
        error_messages={"required": "请写内容。"},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class TitlesForm(forms.Form):
    titles = forms.CharField(
        label="章节名称",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一个，按报告里的次序。去掉的章节各县不再填，已经填的还在报告里。",
        error_messages={"required": "请至少写一个章节。"},
    )

    def clean_titles(self) -> list[str]:
        """Return the titles, each once, in their order."""
        lines = [line.strip() for line in self.cleaned_data["titles"].splitlines()]
        titles = list(dict.fromkeys(filter(None, lines)))
        if len(titles) > MOST_TITLES:
            raise forms.ValidationError(f"最多{MOST_TITLES}个章节。")
        if any(len(title) > LONGEST_TITLE for title in titles):
            raise forms.ValidationError(f"每个章节名称不超过{LONGEST_TITLE}字。")
        return titles
