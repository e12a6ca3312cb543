"""Forms about people."""

from django import forms


class SignupForm(forms.Form):
    def signup(self, request: object, user: object) -> None:
        pass
