from django.db import migrations, models


def first_posts(apps, schema_editor):
    apps.get_model("posts", "Post").objects.bulk_create(
        apps.get_model("posts", "Post")(title=title, text=text)
        for title, text in (
            ("Two projects, one gateway", "The shop next door runs in the same daemon group."),
            ("Moving house", "Another processGroup, and this blog has processes of its own."),
        )
    )


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="comments", to="posts.post"
                    ),
                ),
                ("text", models.CharField(max_length=200)),
            ],
        ),
        migrations.RunPython(first_posts, migrations.RunPython.noop),
    ]
