import os

from django.forms import ModelForm
from django.shortcuts import get_object_or_404, redirect, render

from .models import Comment, Post


class CommentForm(ModelForm):
    class Meta:
        model = Comment
        fields = ("text",)


def where(request):
    """For the foot of each page: the process that made it, its group, and where it is mounted."""
    group = request.META.get("mod_wsgi.process_group", "")
    return {
        "pid": os.getpid(),
        "group": group or "the gateway itself",
        "mount": request.META["SCRIPT_NAME"],
    }


def posts(request):
    return render(request, "posts/list.html", {"posts": Post.objects.all(), **where(request)})


def post(request, pk):
    shown = get_object_or_404(Post, pk=pk)
    form = CommentForm(request.POST or None, instance=Comment(post=shown))
    if form.is_valid():
        form.save()
        return redirect(shown)
    return render(request, "posts/post.html", {"post": shown, "form": form, **where(request)})
